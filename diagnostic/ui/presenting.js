// The keys of the presentation: arrows, pages and space turn the screens, Home and End go to the ends, Escape leaves.
(() => {
  const ways = {
    ArrowRight: "suivant", PageDown: "suivant", " ": "suivant", ArrowLeft: "precedent", PageUp: "precedent",
    Home: "premier", End: "dernier", Escape: "quitter",
  };
  const button = (name) => document.querySelector(`.st-key-pied_presentation .st-key-${name} button`);
  document.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey || !document.querySelector(".screen")) return;
    if (event.target.closest?.("input, textarea, select, [role=dialog]")) return;
    if (event.key === " " && event.target.closest?.("button, a")) return;
    if (event.key === "Escape" && document.fullscreenElement) return;
    const found = button(way);
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    if (!found.disabled) found.click();
  }, true);
  // A click on a map takes the keys into its frame: map.js sends them back, and the focus returns.
  window.addEventListener("blur", () => setTimeout(() => {
    if (document.querySelector(".screen") && document.activeElement?.tagName === "IFRAME") { document.activeElement.blur(); window.focus(); }
  }, 300));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-plein-ecran]")) { document.documentElement.requestFullscreen?.().catch(() => {}); return; }
    // A click on the right half goes on, as a remote does; a selected text or a control is left alone.
    if (!document.querySelector(".screen") || event.button || event.clientX < innerWidth / 2) return;
    if (event.target.closest?.("button, a, input, iframe, summary, .st-key-pied_presentation") || String(getSelection())) return;
    const found = button("suivant");
    if (found && !found.disabled) found.click();
  });
})();
