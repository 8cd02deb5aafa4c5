// The sightings' tables: sorted, filtered, copied.

const table = {
  /** Rows that are shown before the others wait for a click. */
  limit: 500,
  sort: null,
  onselect() {},

  start() {
    byId("table-of").addEventListener("change", () => { this.sort = null; this.showsAll = false; this.draw(); });
    byId("table-filter").addEventListener("input", () => this.draw());
    byId("table-csv").addEventListener("click", () => download("investigation.csv", new Blob([this.csv()], { type: "text/csv" })));
    byId("table-copy").addEventListener("click", async (event) => {
      const text = [this.columns, ...this.rows.map((row) => row.cells)].map((cells) => cells.map((cell) => String(cell ?? "").replace(/[\t\r\n]/g, " ")).join("\t")).join("\n");
      await copy(text, event.target);
    });
  },

  update() {
    const select = byId("table-of");
    const before = select.value;
    select.replaceChildren(element("option", { value: "all" }, "All relations"));
    for (const sighting of model.sightings) select.append(element("option", { value: sighting.id }, sighting.description));
    select.value = [...select.options].some((option) => option.value === before) ? before : "all";
    this.draw();
  },

  /** Columns and rows of what is chosen. */
  content() {
    const chosen = byId("table-of").value;
    const sightings = chosen === "all" ? model.sightings : model.sightings.filter((sighting) => String(sighting.id) === chosen);
    const isAll = chosen === "all";
    const extra = [];
    for (const sighting of sightings) {
      if (sighting.facts.length) continue;
      for (const column of sighting.columns.slice(1)) if (!extra.includes(column)) extra.push(column);
    }
    const columns = [...(isAll ? ["Observable", "Relation"] : []), isAll ? "Related" : sightings[0]?.columns[0] ?? "Related", ...extra];
    const rows = [];
    for (const sighting of sightings) {
      for (const related of sighting.related) {
        const cells = extra.map((column) => model.cell(sighting, related, column));
        rows.push({ related, cells: [...(isAll ? [sighting.observable.value, sighting.relation] : []), related.value, ...cells] });
      }
    }
    return { columns, rows, at: isAll ? 2 : 0 };
  },

  draw() {
    const { columns, rows, at } = this.content();
    const wanted = byId("table-filter").value.trim().toLowerCase();
    let shown = wanted ? rows.filter((row) => row.cells.some((cell) => String(cell ?? "").toLowerCase().includes(wanted))) : rows;
    if (this.sort) {
      const { column, isDown } = this.sort;
      const index = columns.indexOf(column);
      const compare = (one, other) => {
        if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1;
        if (other === null || other === undefined) return -1;
        const order = typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other), "en", { numeric: true });
        return isDown ? -order : order;
      };
      shown = [...shown].sort((one, other) => compare(one.cells[index], other.cells[index]));
    }
    [this.columns, this.rows] = [columns, shown];
    const card = byId("table");
    const head = element("tr", {});
    for (const column of columns) {
      const order = this.sort?.column === column ? (this.sort.isDown ? "descending" : "ascending") : null;
      head.append(element("th", { scope: "col", class: this.kind(column), "aria-sort": order ?? "none" }, element("button", { type: "button", onclick: () => this.sortBy(column) }, column)));
    }
    card.querySelector("thead").replaceChildren(head);
    const body = card.querySelector("tbody");
    body.replaceChildren();
    for (const row of this.showsAll ? shown : shown.slice(0, this.limit)) {
      const line = element("tr", {});
      row.cells.forEach((cell, index) => {
        const made = element("td", { class: typeof cell === "number" ? "number" : `${String(cell ?? "").length <= 32 ? "short" : ""} ${this.kind(columns[index]) ?? ""}` });
        if (index === at) made.append(element("button", { type: "button", class: "linklike", onclick: (event) => this.onselect(row.related, event.detail === 0) }, String(cell)));
        else made.append(cell === null || cell === undefined ? "" : typeof cell === "number" ? cell.toLocaleString("en") : String(cell));
        line.append(made);
      });
      body.append(line);
    }
    if (!this.showsAll && shown.length > this.limit) {
      body.append(element("tr", {}, element("td", { colspan: columns.length }, element("button", { type: "button", onclick: () => { this.showsAll = true; this.draw(); } }, `Show all ${shown.length} rows`))));
    }
    byId("table-count").textContent = wanted ? `${shown.length} of ${plural(rows.length, "row")}` : plural(rows.length, "row");
  },

  /** On a phone there is no room for the relation beside what is related; the details say it. */
  kind(column) { return column === "Relation" ? "relation" : null; },

  sortBy(column) {
    this.sort = this.sort?.column === column ? { column, isDown: !this.sort.isDown } : { column, isDown: false };
    const index = this.columns.indexOf(column);
    this.draw();
    byId("table").querySelectorAll("th button")[index]?.focus();
  },

  /** As `relayctl investigate --csv` writes it: what a spreadsheet would calculate begins with an apostrophe. */
  csv() {
    const cell = (value) => {
      let text = String(value ?? "");
      if (/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && typeof value !== "number") text = `'${text}`;
      return /[",\u0000-\u001f]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [this.columns, ...this.rows.map((row) => row.cells)].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
  },
};

/** Copies a text and says so on the button. */
async function copy(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not copied";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}
