// What the pages need of a browser and Streamlit does not give: focus in a panel that opens, the keys of a search,
// links that keep the choices, the link to copy, the name of the page said aloud, a connection that does not open.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  // A panel opens on its first field.
  const opened = (node) => {
    const panel = node.matches?.("[data-testid=stPopoverBody]") ? node : node.querySelector?.("[data-testid=stPopoverBody]");
    if (!panel) return;
    let tries = 0;
    const focus = () => {
      const field = $("input:not([type=hidden]):not([type=file]), textarea", panel);
      if (field) field.focus({ preventScroll: true });
      if ((!field || document.activeElement !== field) && panel.isConnected && tries++ < 40) setTimeout(focus, 50);
    };
    focus();
  };

  // The search: Enter opens the first answer, once the answers are those of what is typed; arrows walk through them.
  const field = (node) => node.closest?.("[class*=st-key-cherche_]") && node.matches("input") ? node : null;
  const block = (node) => node.closest("[class*=st-key-trouve_]");
  const answers = (root) => [...root.querySelectorAll("[class*=st-key-reponse_] :is(button, a)")];
  const first = (input, left = 100) => {
    const root = block(input), told = root && $("[data-pour]", root);
    if (told && told.dataset.pour === input.value.trim()) { answers(root)[0]?.click(); return; }
    if (left && root && input.value.trim()) setTimeout(first, 50, input, left - 1);
  };
  document.addEventListener("keydown", (event) => {
    const input = field(event.target), root = block(event.target);
    if (!root || event.isComposing) return;
    if (input && event.key === "Enter") { first(input); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = answers(root), at = all.indexOf(event.target), next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (!input && at < 0) return;
    event.preventDefault();
    if (next >= 0 && next < all.length) all[next].focus();
    else if (next < 0) $("[class*=st-key-cherche_] input", root)?.focus();
  }, true);

  // Escape closes the panel beside the map, unless something opened over it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || $("[data-testid=stPopoverBody], [role=dialog], [role=listbox]")) return;
    $(".st-key-fermer_panneau button")?.click();
  });

  // Where no territory is chosen, one may type at once.
  const start = () => {
    const input = $(".st-key-depart [class*=st-key-cherche_] input");
    if (input && !input.dataset.vu) { input.dataset.vu = "1"; if (document.activeElement === document.body) input.focus({ preventScroll: true }); }
  };

  // A link to a part of a page: the page is drawn after the browser has looked for it.
  let sought = "";
  const reach = () => {
    const part = location.hash.length > 1 && sought !== location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (part && $("footer.foot")) { sought = location.hash; part.scrollIntoView(); }
  };

  // A link opened in another tab keeps the choices of this one.
  const keep = (event) => {
    const link = event.target.closest?.("[data-testid=stTopNav] a, [data-testid=stTopNavDropdownLink], [data-testid=stSidebarNav] a, [data-testid=stPageLink] a");
    if (link?.href && link.origin === location.origin && link.search !== location.search) link.search = location.search;
  };
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, keep, true);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-lien]");
    if (!button) return;
    const said = button.dataset.lien || (button.dataset.lien = button.textContent);
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Lien copié";
      say("Lien copié");
    } catch {
      const shown = document.createElement("input");
      shown.readOnly = true; shown.value = location.href; shown.ariaLabel = "Adresse de cette page"; shown.className = "lien";
      button.after(shown); shown.select(); shown.onblur = () => shown.remove();
    }
    setTimeout(() => { button.textContent = said; }, 2000);
  });

  // The page is named when it changes, and so is the number of answers of a search.
  let voice;
  const say = (words) => {
    if (!voice) {
      voice = document.createElement("div");
      voice.setAttribute("role", "status"); voice.setAttribute("aria-live", "polite"); voice.className = "voix";
      voice.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
      document.body.append(voice);
    }
    if (voice.textContent !== words) voice.textContent = words;
  };
  let named = "", counted = "";
  const told = () => {
    if (document.title !== named) { if (named) say(document.title); named = document.title; }
    const count = $("[data-pour]")?.textContent || "";
    if (count !== counted) { counted = count; if (count) say(count); }
    const here = $(".st-key-rubrique [class*=st-key-ici_] a");
    if (here && here.getAttribute("aria-current") !== "page") { here.setAttribute("aria-current", "page"); const row = here.closest(".st-key-rubrique"); row.scrollLeft = here.offsetLeft - row.clientWidth / 2 + here.clientWidth / 2; }
  };

  // A proxy that lets no websocket through leaves an empty page: say so, in French, once it has had its time.
  const started = Date.now();
  const watch = () => {
    const app = $("[data-testid=stApp]"), open = app?.dataset.testConnectionState === "CONNECTED";
    const box = document.getElementById("sans-connexion");
    if (open) { box?.remove(); return; }
    if (!box && Date.now() - started > 12000 && !$("footer.foot, .screen")) {
      const told = document.createElement("div");
      told.id = "sans-connexion"; told.setAttribute("role", "alert");
      told.innerHTML = "<h1>La connexion avec le diagnostic ne s’ouvre pas</h1><p>La page est arrivée, mais votre réseau ne laisse pas passer la connexion qui l’anime (WebSocket). Rechargez la page ; si rien ne change, essayez depuis un autre réseau, ou demandez à votre service informatique d’autoriser les WebSockets vers cette adresse.</p><p>Pour qui héberge l’outil : le serveur mandataire doit transmettre les en-têtes Upgrade et Connection, et garder l’en-tête Host.</p>";
      told.style.cssText = "position:fixed;inset:0;z-index:1000000;overflow:auto;padding:12vh 8vw;background:Canvas;color:CanvasText;font:1.125rem/1.5 'Source Sans',Arial,sans-serif";
      document.body.append(told);
    }
    setTimeout(watch, 1000);
  };

  document.addEventListener("DOMContentLoaded", () => {
    watch();
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) opened(node);
      start(); told(); reach();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    new MutationObserver(told).observe(document.head, { childList: true, subtree: true, characterData: true });
  });
})();
