// What is typed in a field of a plan is sent while one types, every second and a half: Streamlit itself waits
// until the field is left. The key that ends a saisie is sent in the user's place; the cursor stays.
(() => {
  const FIELDS = ":is([class*=st-key-saisie_], [class*=st-key-ajout_]) :is(textarea, input[type=text])";
  const OUT = "[data-testid=stForm], [data-testid=stSelectbox], [data-testid=stMultiSelect], [data-testid=stDataFrame]";
  const waiting = new Map();
  const send = (field) => {
    waiting.delete(field);
    if (!field.isConnected) return;
    const key = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: field.tagName === "TEXTAREA", bubbles: true, cancelable: true };
    field.dispatchEvent(new KeyboardEvent("keydown", key));
    if (field.tagName === "INPUT") field.dispatchEvent(new KeyboardEvent("keypress", key));
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.(FIELDS) || field.closest(OUT) || waiting.has(field)) return;
    waiting.set(field, setTimeout(send, 1500, field));
  }, true);
})();
