// What is known of the value that was clicked.

const details = {
  onpivot() {},
  onclose() {},

  show(node) {
    const pane = byId("details");
    if (pane.hidden && node) this.opener = document.activeElement;
    document.querySelector("main").classList.toggle("has-details", Boolean(node));
    pane.hidden = !node;
    pane.replaceChildren();
    if (!node) return;
    const { of, rows } = model.about(node);
    pane.append(
      element("button", { type: "button", class: "close", "aria-label": "Close the details", onclick: () => this.close() }, "✕"),
      element("p", { class: "kind" }, element("span", { class: `dot ${node.type}` }), typeNames[node.type] ?? node.type),
      element("h2", { tabindex: -1 }, node.value),
      this.actions(node));
    for (const { sighting, related } of rows) pane.append(...this.row(sighting, related));
    for (const sighting of of) pane.append(...this.sighting(sighting));
    if (model.asked.has(node.id) && !of.length) pane.append(element("p", { class: "hint" }, "SecurityTrails knows nothing of it, or was not asked."));
    for (const notice of model.notices.filter((other) => other.about.includes(node.value))) pane.append(noticeElement(notice));
    const sightings = [...new Set([...of, ...rows.map((row) => row.sighting)])];
    for (const sighting of sightings) {
      const raw = element("details", {}, element("summary", {}, `JSON: ${sighting.description}`));
      raw.addEventListener("toggle", () => {
        if (raw.open && !raw.querySelector("pre")) raw.append(element("pre", { tabindex: 0 }, JSON.stringify(sighting.raw, null, 2)));
      });
      pane.append(raw);
    }
  },

  /** Whether the pane lies over the results, as it does if there is no room beside them. */
  covers() { return getComputedStyle(byId("details")).position === "fixed"; },

  /** Closes the pane and goes back to where it was opened. */
  close() {
    const { opener } = this;
    this.onclose();
    if (opener?.isConnected && opener !== document.body) opener.focus();
    else if (opener?.dataset?.key && !byId("timeline").hidden) timeline.focus(opener.dataset.key);
    else byId("graph").focus();
  },

  actions(node) {
    const line = element("div", { class: "actions" });
    if (!model.asked.has(node.id) && ["domain", "ip", "ipv6", "email"].includes(node.type)) {
      line.append(element("button", { type: "button", class: "primary", id: "pivot", onclick: () => this.onpivot(node) }, "Investigate this too"));
    }
    const url = this.url(node);
    if (url) line.append(element("a", { class: "button", href: url, target: "_blank", rel: "noopener noreferrer" }, "Search in SecurityTrails ↗"));
    line.append(element("button", { type: "button", onclick: (event) => copy(node.value, event.target) }, "Copy"));
    return line;
  },

  /** SecurityTrails' page about a value, as the relay's own links have it. */
  url(node) {
    const value = encodeURIComponent(node.value);
    if (node.type === "domain") return `https://securitytrails.com/domain/${value}/dns`;
    return node.type === "ip" || node.type === "ipv6" ? `https://securitytrails.com/list/ip/${value}` : null;
  },

  row(sighting, related) {
    const list = element("dl", {});
    sighting.columns.slice(1).forEach((column, index) => {
      let cell = related.cells[index + 1];
      if (column === "Last seen" && cell === null && model.cell(sighting, related, "First seen")) cell = "today";
      if (cell === null || cell === undefined || cell === "") return;
      list.append(element("dt", {}, column), element("dd", {}, typeof cell === "number" ? cell.toLocaleString("en") : String(cell)));
    });
    const ends = [sighting.observable.value, related.value];
    if (related.is_source) ends.reverse();
    const relation = ends.join(` ${sighting.relation ?? "Related_To"} `);
    return [element("h3", {}, relation), list];
  },

  sighting(sighting) {
    const list = element("dl", {});
    const add = (name, value) => { if (value !== null && value !== undefined && value !== "") list.append(element("dt", {}, name), element("dd", {}, String(value))); };
    add("Count", sighting.count.toLocaleString("en"));
    if (sighting.columns.includes("First seen")) add("From", sighting.start);
    const isCurrent = sighting.related.some((related) => model.cell(sighting, related, "First seen") && model.cell(sighting, related, "Last seen") === null);
    if (sighting.columns.includes("Last seen")) add("To", isCurrent ? "today" : sighting.end);
    for (const [name, value] of sighting.facts) add(name, value);
    return [element("h3", {}, sighting.description), list];
  },
};

function noticeElement(notice) {
  return element("p", { class: `notice ${notice.warning ? "warning" : "error"}` }, element("b", {}, notice.warning ? "Warning" : "Error"), notice.message);
}
