// Tables: sorted on every column by its head, the unknown last in both directions; a long one is searched and turned
// page by page; the row of the territory of the page stays first. One wider than its place is scrolled by keyboard.
(() => {
  const PAGE = 25;
  const unknown = new Set(["", "—", "–", "inconnu", "inconnue", "non publié", "non chargé", "non disponible", "sans objet", "secret statistique"]);
  const plain = (cell) => (cell?.textContent ?? "").trim();
  const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[\s\u00a0\u202f]+/g, " ").toLowerCase();
  const number = (text) => {
    const found = text.replace(/[\s\u00a0\u202f]/g, "").replace(/\u2212/g, "-").replace(",", ".").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : NaN;
  };
  const spaced = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

  // What a long table shows: the rows that hold what is sought, a page of them.
  const turn = (box, page) => {
    const tools = box.querySelector(".chercher");
    if (!tools) return;
    const sought = folded(tools.querySelector("input").value.trim());
    const rows = [...box.querySelector("tbody").rows], found = rows.filter((row) => !sought || folded(row.textContent).includes(sought));
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1), at = Math.min(Math.max(0, page), last);
    box.dataset.page = at;
    for (const row of rows) row.hidden = true;
    const shown = found.slice(at * PAGE, (at + 1) * PAGE);
    for (const row of shown) row.hidden = false;
    const [back, on] = tools.querySelectorAll("[data-page]");
    back.disabled = at === 0; on.disabled = at === last;
    const count = `${spaced(found.length)} ${found.length < 2 ? "ligne" : "lignes"}`;
    tools.querySelector(".compte").textContent = found.length ? `${spaced(at * PAGE + 1)} à ${spaced(at * PAGE + shown.length)} sur ${count}` : "Aucune ligne";
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.(".chercher")?.closest(".tableau");
    if (box) turn(box, 0);
  });

  document.addEventListener("click", (event) => {
    const step = event.target.closest?.(".chercher [data-page]");
    if (step) { const box = step.closest(".tableau"); turn(box, Number(box.dataset.page || 0) + Number(step.dataset.page)); return; }
    const button = event.target.closest?.("table.data th button");
    if (!button) return;
    const head = button.closest("th"), body = head.closest("table").tBodies[0], at = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const figures = head.classList.contains("n");
    const rows = [...body.rows].map((row, rank) => {
      const text = plain(row.cells[at]);
      const value = figures ? number(text) : text;
      return { row, rank, value, own: row.classList.contains("own"), known: !unknown.has(text.toLowerCase()) && !(figures && Number.isNaN(value)) };
    });
    const compare = (one, other) => (figures ? one.value - other.value : one.value.localeCompare(other.value, "fr", { numeric: true }));
    rows.sort((one, other) => {
      if (one.own !== other.own) return one.own ? -1 : 1;
      if (one.known !== other.known) return one.known ? -1 : 1;
      return (one.known ? compare(one, other) * (down ? -1 : 1) : 0) || one.rank - other.rank;
    });
    body.append(...rows.map(({ row }) => row));
    const words = figures ? ["Du plus bas au plus haut", "Du plus haut au plus bas"] : ["De A à Z", "De Z à A"], order = head.closest("table").querySelector(".ordre");
    if (order) order.textContent = `${words[Number(down)]}\u00a0: ${plain(button)}`;
    turn(head.closest(".tableau"), 0);
  });

  // A table that is wider than its place is a region that the keyboard reaches; the others are no Tab stop.
  const measured = new WeakSet();
  const reach = (wrap) => {
    const wide = wrap.scrollWidth > wrap.clientWidth + 1;
    if (wide === wrap.hasAttribute("tabindex")) return;
    if (wide) { wrap.tabIndex = 0; wrap.setAttribute("role", "region"); wrap.setAttribute("aria-label", `Tableau : ${wrap.dataset.nom}`); }
    else for (const name of ["tabindex", "role", "aria-label"]) wrap.removeAttribute(name);
  };
  const sizes = new ResizeObserver((entries) => { for (const { target } of entries) reach(target); });
  new MutationObserver(() => {
    for (const wrap of document.querySelectorAll(".tablewrap")) if (!measured.has(wrap)) { measured.add(wrap); sizes.observe(wrap); }
  }).observe(document, { childList: true, subtree: true });
})();
