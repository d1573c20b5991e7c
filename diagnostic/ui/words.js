// Words explained where they stand: an acronym of the field or a status is underlined, one tap opens what it means on a
// line of its own under it. The first of each on the page, or in a panel, is a Tab stop; the others are for the pointer.
(() => {
  const base = (window.__streamlit?.BACKEND_BASE_URL || "/").replace(/\/$/, "");
  const known = new Map(TERMES.map(([written, said, sought, free]) => [written, { said, sought, free }]));
  const written = [...known.keys()].filter((one) => known.get(one).free).sort((a, b) => b.length - a.length);
  const acronyms = new RegExp(`(?<![\\p{L}\\d-])(${written.join("|")})(?![\\p{L}\\d-])`, "u");
  const OUT = ".foot, button, a, summary, h1, h2, label, script, style, caption, [aria-hidden=true], .msg, .explique, .pos, .formula dt";
  const PLACES = "[data-testid=stExpanderDetails], [data-testid=stDialog], [data-testid=stPopoverBody], .stApp";
  const button = (words, key) => {
    const made = document.createElement("button");
    made.type = "button"; made.className = "terme"; made.dataset.terme = key; made.textContent = words;
    made.setAttribute("aria-expanded", "false");
    return made;
  };
  // A line does not end between a word and the bracket or the point that holds to it.
  const together = (before, made, after) => {
    const open = before?.nodeType === 3 ? /[(«\u00a0’]+$/.exec(before.data)?.[0] || "" : "", close = /^[)\u00a0».,;:]+/.exec(after.data)?.[0] || "";
    if (!open && !close) return;
    const whole = document.createElement("bdi");
    whole.className = "uni";
    made.replaceWith(whole);
    if (open) before.data = before.data.slice(0, -open.length);
    if (close) after.data = after.data.slice(close.length);
    whole.append(open, made, close);
  };
  const mark = (root) => {
    for (const status of root.querySelectorAll(".status")) {
      const node = status.lastChild, word = node?.nodeType === 3 ? node.data.trim() : "";
      if (known.has(word) && !status.closest("button, a, summary")) node.replaceWith(button(node.data, word));
    }
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), texts = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode()) if (acronyms.test(node.data) && !node.parentElement.closest(OUT)) texts.push(node);
    for (let node of texts) {
      for (let found = acronyms.exec(node.data); found; found = acronyms.exec(node.data)) {
        const word = node.splitText(found.index);
        node = word.splitText(found[0].length);
        const before = word.previousSibling, made = button(found[0], found[0]);
        word.replaceWith(made);
        together(before, made, node);
      }
    }
    root.dataset.termes = "1";
  };
  // One Tab stop a word and a place; the page draws again and again, so the first is found anew each time.
  const stops = () => {
    const seen = new Map();
    for (const one of document.querySelectorAll("button.terme")) {
      const place = one.closest(PLACES) || document.body;
      if (!seen.has(place)) seen.set(place, new Set());
      const words = seen.get(place), again = words.has(one.dataset.terme);
      words.add(one.dataset.terme);
      if (one.tabIndex !== (again ? -1 : 0)) one.tabIndex = again ? -1 : 0;
    }
  };
  const told = (key) => {
    const { said, sought } = known.get(key), line = document.createElement("span");
    line.className = "explique"; line.setAttribute("role", "note"); line.dataset.pour = key;
    line.textContent = `${said} `;
    const more = document.createElement("a");
    more.href = `${base}/methode?mot=${encodeURIComponent(sought)}#sec-glossaire`; more.textContent = "Glossaire"; more.target = "_self";
    more.setAttribute("aria-label", `Glossaire : ${key}`);
    line.append(more);
    return line;
  };
  document.addEventListener("click", (event) => {
    const word = event.target.closest?.("button.terme");
    if (!word) return;
    const block = word.closest(".tablewrap") || word.closest("p, li, dd, dt, h3, h4, figcaption, div");
    const inside = block.matches("li, dd, dt, div:not(.tablewrap)");
    const open = inside ? [...block.children].find((one) => one.matches(`.explique[data-pour="${word.dataset.terme}"]`))
      : block.nextElementSibling?.matches?.(`.explique[data-pour="${word.dataset.terme}"]`) ? block.nextElementSibling : null;
    word.setAttribute("aria-expanded", String(!open));
    if (open) { open.remove(); return; }
    const line = told(word.dataset.terme);
    if (inside) block.append(line); else block.after(line);
    window.dire?.(known.get(word.dataset.terme).said);
  });
  // On paper nothing is tapped: the words of the page are explained at its end, the three first statuses on every page.
  addEventListener("beforeprint", () => {
    const foot = document.querySelector(".st-key-pied");
    if (!foot || document.querySelector("ul.imprime")) return;
    const marked = [...document.querySelectorAll("button.terme")].filter((one) => one.checkVisibility()).map((one) => known.get(one.dataset.terme).said);
    const headed = [...document.querySelectorAll(".mot")].map((one) => `${one.querySelector("u").textContent} : ${one.querySelector("p").textContent}`);
    const list = document.createElement("ul");
    list.className = "imprime";
    list.append(...[...new Set([...["officiel", "calculé", "estimé"].map((one) => known.get(one).said), ...marked, ...headed])].map((said) => Object.assign(document.createElement("li"), { textContent: said })));
    foot.prepend(list);
  });
  let waiting = 0;
  const all = () => {
    waiting = 0;
    for (const root of document.querySelectorAll(".stHtml")) {
      // React writes a block anew when its words change: the marks are gone with it.
      if (root.dataset.termes && (root.querySelector("button.terme") || root.dataset.lu === String(root.textContent.length))) continue;
      mark(root);
      root.dataset.lu = root.textContent.length;
    }
    stops();
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => { waiting = waiting || setTimeout(all, 60); }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
})();
