// What the pages need of a browser and Streamlit does not give: focus in a panel that opens, on the title of a page that
// comes, on a section that one asks for, the keys of a search, a way to it from the head of every page, links that keep the
// choices, the link to copy, buttons that say of what, one click for one press, the name of the page and what an action
// gives said aloud, drawings in the colours of the theme, a connection that does not open, the numbers of French.
(() => {
  // The page is in French whatever the language of the browser: a number typed in a table has its comma.
  const french = ["fr-FR"], Numbers = Intl.NumberFormat, said = (given) => given.length && given[0] !== undefined ? given : [french, ...given.slice(1)];
  Object.defineProperties(Navigator.prototype, { language: { get: () => french[0] }, languages: { get: () => french } });
  Intl.NumberFormat = new Proxy(Numbers, {
    apply: (_, __, given) => new Numbers(...said(given)),
    construct: (_, given) => new Numbers(...said(given)),
  });

  const $ = (selector, root = document) => root.querySelector(selector);

  // A panel opens on its first field, and so does the fold of one's own perimeter.
  const enter = (panel, tries = 0) => {
    const field = $("input:not([type=hidden]):not([type=file]), textarea", panel);
    if (field) field.focus({ preventScroll: true });
    if ((!field || document.activeElement !== field) && panel.isConnected && tries < 40) setTimeout(enter, 50, panel, tries + 1);
  };
  const opened = (node) => {
    const panel = node.matches?.("[data-testid=stPopoverBody]") ? node : node.querySelector?.("[data-testid=stPopoverBody]");
    if (panel) enter(panel);
  };
  document.addEventListener("toggle", ({ target }) => { if (target.open && target.closest(".st-key-mon_perimetre")) enter(target); }, true);

  // The search: Enter opens the first answer, once the answers are those of what is typed, and have all come: their count is
  // drawn before them. Arrows walk through them.
  const field = (node) => node.closest?.("[class*=st-key-cherche_]") && node.matches("input") ? node : null;
  const block = (node) => node.closest("[class*=st-key-trouve_]");
  const answers = (root) => [...root.querySelectorAll("[class*=st-key-reponse_] :is(button, a)")];
  // Streamlit's own key to run the page again.
  const rerun = () => { for (const kind of ["keydown", "keyup"]) document.body.dispatchEvent(new KeyboardEvent(kind, { key: "r", bubbles: true })); };
  const idle = () => $("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
  const first = (typed, left = 600, still = 0) => {
    const input = typed.isConnected ? typed : $("[class*=st-key-cherche_] input"), root = input && block(input), told = root && $("[data-pour]", root);
    if (idle() && told && told.dataset.pour === input.value.trim()) { answers(root)[0]?.click(); return; }
    // What is typed while the page still comes may have no answer of its own: it is asked again, once the page rests.
    if (idle() && still === 40) rerun();
    if (left && (!root || input.value.trim())) setTimeout(first, 50, input || typed, left - 1, idle() ? still + 1 : still);
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

  // A section chosen in the summary, a page chosen in the bar or in the rows: who presses keys goes on from its title.
  const BAR = "[data-testid=stTopNav], [data-testid=stTopNavPopover], [data-testid=stTopNavDropdownLink], [data-testid=stSidebar], [data-testid=stPageLink]";
  const rest = (node) => { node.tabIndex = -1; node.focus({ preventScroll: true }); };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".sommaire a"), part = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (part) rest(part);
  });
  let before = null;
  const arrived = () => {
    const title = $("header.top h1"), here = [location.pathname, document.title];
    if ($("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning" || !$("footer.foot") || !title) return;
    if (before && before[0] !== here[0] && before[1] === here[1]) return;
    const come = before && before[0] !== here[0], held = document.activeElement;
    before = here;
    if (come && (held === document.body || held.closest(BAR))) rest(title);
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
  window.dire = say;

  // From the head of the page straight to the search: the bar and the rows of links are many stops.
  const shortcut = () => {
    const skip = $("[data-testid=stSkipToContent]");
    if (!skip || $("#vers-territoire")) return;
    const link = document.createElement("a");
    link.id = "vers-territoire"; link.href = "#stMain"; link.textContent = "Choisir un territoire"; link.className = skip.className;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const field = $(".st-key-depart [class*=st-key-cherche_] input"), panel = $(".st-key-outil_territoire [data-testid=stPopover] button");
      if (field) { field.scrollIntoView({ block: "center" }); field.focus(); }
      // Once the key is up: a panel that opens under a press elsewhere closes at once.
      else if (panel) setTimeout(() => { panel.scrollIntoView({ block: "center" }); panel.focus(); panel.click(); }, 150);
      else location.assign(window.__streamlit?.BACKEND_BASE_URL || "/");
    });
    skip.after(link);
  };

  // « Télécharger (CSV) » stands ten times on a page: its name says of what.
  const SAME = "[class*=st-key-actions_] :is(.stButton, .stDownloadButton) button, [class*=st-key-actions_] button.take, [class*=st-key-ecart_] button, [class*=st-key-fiche_levier_] button, [class*=st-key-projet_] button, [class*=st-key-scenario_] button";
  const what = (button) => {
    const near = button.closest("[class*=st-key-ecart_], [class*=st-key-projet_], [class*=st-key-scenario_]");
    if (near) return $(".note", near)?.textContent || "";
    if (button.closest("[class*=st-key-actions_plan], [class*=st-key-actions_axe_], [class*=st-key-actions_fiche_]")) return "";
    const heads = document.querySelectorAll(button.closest("[class*=st-key-fiche_levier_]") ? ".sec.h3 .msg, [data-testid=stExpander] summary" : ".sec .eyebrow");
    let found = null;
    for (const head of heads) if (head.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING) found = head; else break;
    return found?.textContent || "";
  };
  const name = () => {
    // Of Streamlit: a list that holds its titles beside its items, and announcements without a name.
    for (const item of document.querySelectorAll("[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] :is(ul, li)")) item.setAttribute("role", "presentation");
    for (const toast of document.querySelectorAll(".stToast[aria-labelledby]")) { toast.removeAttribute("aria-labelledby"); toast.setAttribute("aria-label", "Annonce"); }
    for (const button of document.querySelectorAll(SAME)) {
      const words = button.dataset.mots || (button.dataset.mots = button.getAttribute("aria-label") || $("p", button)?.textContent || button.textContent);
      const of = what(button).trim();
      const said = of ? `${words} : ${of}` : words;
      if (of && button.getAttribute("aria-label") !== said) button.setAttribute("aria-label", said);
    }
  };

  // One press is one click: a key held down, or a second click while the first is under way, sends nothing again.
  let pressed = null, when = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat && event.target.closest?.("button, [role=button], input")) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-testid=stFormSubmitButton] button, .stButton button");
    // The screens of the presentation are turned as fast as one presses.
    if (!button || !event.isTrusted || button.closest(".st-key-pied_presentation")) return;
    const busy = $("[data-testid=stApp]")?.dataset.testScriptState === "running", since = Date.now() - when;
    if (button === pressed && (since < 300 || (busy && since < 5000))) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    pressed = button; when = Date.now();
  }, true);

  // What an action gives is said, and comes into view; a long one is said to be under way.
  const ANSWERS = ".state, [data-resultat], [data-testid=stExpander]:has([data-testid=stExpanderIconCheck])";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let acted = 0, place = "", running = 0, slow = false;
  const seen = new Set();
  for (const kind of ["click", "change"]) document.addEventListener(kind, () => { acted = Date.now(); }, true);
  const answered = () => {
    const app = $("[data-testid=stApp]"), busy = app?.dataset.testScriptState === "running";
    const here = location.pathname + location.search;
    if (here !== place) { place = here; acted = 0; seen.clear(); }
    if (busy && !running) running = setTimeout(() => { slow = true; if (acted) say("Calcul en cours…"); }, 1500);
    if (!busy && running) { clearTimeout(running); running = 0; if (slow && acted) say("La page est à jour."); slow = false; }
    for (const node of document.querySelectorAll(ANSWERS)) {
      const words = node.textContent.trim().replace(/\s+/g, " ");
      if (!words || seen.has(words)) continue;
      seen.add(words);
      if (!acted || Date.now() - acted > 60000) continue;
      say(words.slice(0, 300));
      const at = node.getBoundingClientRect();
      if (at.top < 70 || at.bottom > innerHeight) node.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    }
  };
  // The page of the group stands in the middle of its row on a narrow screen, once and again when its letters have come.
  const current = () => $(".st-key-rubrique [class*=st-key-ici_] a");
  const shown = () => {
    const row = $(".st-key-rubrique"), at = current()?.getBoundingClientRect(), around = row?.getBoundingClientRect();
    if (at) row.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2;
  };
  let named = "", counted = "";
  const told = () => {
    if (document.title !== named) { if (named) say(document.title); named = document.title; }
    const count = $("[data-pour]")?.textContent || "";
    if (count !== counted) { counted = count; if (count) say(count); }
    const here = current();
    if (here && here.getAttribute("aria-current") !== "page") { here.setAttribute("aria-current", "page"); shown(); setTimeout(shown, 700); }
  };

  // The theme of the machine turns while a page is open: charts and maps are drawn on the server, in the colours of its theme.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    const wanted = matches ? "dark" : "light";
    let tries = 0;
    const again = () => {
      const app = $("[data-testid=stApp]"), turned = app && getComputedStyle(app).colorScheme === wanted;
      if (turned && getComputedStyle(document.documentElement).getPropertyValue("--dessine").trim() === wanted) return;
      if (!turned || app.dataset.testScriptState !== "notRunning" || $("[role=dialog]")) { if (tries++ < 600) setTimeout(again, 100); return; }
      rerun();
    };
    again();
  });

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

  let soon = 0;
  const later = () => { soon = soon || setTimeout(() => { soon = 0; name(); answered(); arrived(); }, 80); };
  document.addEventListener("DOMContentLoaded", () => {
    watch();
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) opened(node);
      start(); shortcut(); told(); later(); reach();
    }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-test-script-state"] });
    new MutationObserver(told).observe(document.head, { childList: true, subtree: true, characterData: true });
  });
})();
