// Tables sort on every column by its head, the unknown last in both directions.
(() => {
  const unknown = new Set(["", "—", "–", "inconnu", "inconnue", "non publié", "non chargé", "non disponible", "sans objet", "secret statistique"]);
  const plain = (cell) => (cell?.textContent ?? "").trim();
  const number = (text) => {
    const found = text.replace(/[\s\u00a0\u202f]/g, "").replace(/\u2212/g, "-").replace(",", ".").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : NaN;
  };
  document.addEventListener("click", (event) => {
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
      return { row, rank, value, known: !unknown.has(text.toLowerCase()) && !(figures && Number.isNaN(value)) };
    });
    const order = (one, other) => (figures ? one.value - other.value : one.value.localeCompare(other.value, "fr", { numeric: true }));
    rows.sort((one, other) => {
      if (one.known !== other.known) return one.known ? -1 : 1;
      return (one.known ? order(one, other) * (down ? -1 : 1) : 0) || one.rank - other.rank;
    });
    body.append(...rows.map(({ row }) => row));
  });
})();
