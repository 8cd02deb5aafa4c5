// Who had an address when: for each observable, a bar from the first day to the last for each value.

const timeline = {
  /** Ten colours, and ten lighter ones for when those are used up. */
  palette: ["#2f6fed", "#e8590c", "#0ca678", "#9c36b5", "#e0a100", "#d6336c", "#1098ad", "#74961c", "#7950f2", "#8d6e63",
    "#8fb3ff", "#ffb27d", "#7fdcc0", "#d9a0e8", "#f3d06b", "#f49ac0", "#7fd3e0", "#b9d476", "#b9a5ff", "#c4a99f"],
  other: "#868e96",
  /** Rows of one sighting before the others wait for a click. */
  limit: 40,
  opened: new Set(),
  onselect() {},

  day(text) {
    const time = typeof text === "string" && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : NaN;
    return Number.isNaN(time) ? null : time / 86400000;
  },
  text(day) { return new Date(day * 86400000).toISOString().slice(0, 10); },
  today() { return Math.floor(Date.now() / 86400000); },

  update() {
    const place = byId("timeline");
    place.replaceChildren();
    this.assignColors();
    const lanes = new Map();
    for (const sighting of model.sightings) {
      const rows = this.rows(sighting);
      if (!rows.length) continue;
      const key = model.key(sighting.observable.type, sighting.observable.value);
      if (!lanes.has(key)) lanes.set(key, { observable: sighting.observable, parts: [] });
      lanes.get(key).parts.push({ sighting, rows });
    }
    for (const lane of lanes.values()) place.append(this.lane(lane));
    if (!lanes.size) {
      place.append(element("p", { class: "hint" }, "Nothing here has a date. SecurityTrails dates the addresses, name servers and mail servers of a domain name."));
    }
  },

  rows(sighting) {
    const rows = [];
    for (const related of sighting.related) {
      const first = this.day(model.cell(sighting, related, "First seen"));
      const last = this.day(model.cell(sighting, related, "Last seen"));
      if (first === null && last === null) continue;
      const organizations = model.cell(sighting, related, "Organizations") ?? "";
      const end = last ?? this.today();
      rows.push({ related, first: Math.min(first ?? end, end), last: end, isCurrent: last === null, hasStart: first !== null, organizations, sighting });
    }
    return rows.sort((one, other) => other.last - one.last || other.first - one.first);
  },

  /** The most frequent organizations of each observable have a colour each. */
  assignColors() {
    const lanes = new Map();
    for (const sighting of model.sightings) {
      const key = model.key(sighting.observable.type, sighting.observable.value);
      const counts = lanes.get(key) ?? new Map();
      lanes.set(key, counts);
      for (const { organizations } of this.rows(sighting)) if (organizations) counts.set(organizations, (counts.get(organizations) ?? 0) + 1);
    }
    const ranked = [...lanes.values()].map((counts) => [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).map(([name]) => name));
    // In turns, so that no observable takes all of the colours.
    const names = new Set();
    for (let rank = 0; rank < Math.max(0, ...ranked.map((list) => list.length)); rank += 1) {
      for (const list of ranked) if (list[rank]) names.add(list[rank]);
    }
    this.colors = new Map([...names].slice(0, this.palette.length).map((name, index) => [name, this.palette[index]]));
  },

  lane({ observable, parts }) {
    const all = parts.flatMap((part) => part.rows);
    const from = Math.min(...all.map((row) => row.first));
    const to = Math.max(...all.map((row) => row.last));
    const span = Math.max(to - from, 30);
    const scale = { from: from - span * 0.02, to: to + span * 0.02 };
    const lane = element("section", { class: "lane", "aria-label": `Timeline of ${observable.value}` });
    lane.append(element("h3", {}, element("span", { class: `dot ${observable.type}` }), observable.value));
    lane.append(this.organizations(all));
    const slider = element("input", { type: "range", min: from, max: to, step: 1, value: to, "aria-label": `Day, for ${observable.value}` });
    const output = element("output", {});
    lane.append(element("div", { class: "when" }, slider, output));
    const drawn = [];
    const longest = Math.max(...parts.flatMap(({ sighting, rows }) => this.shown(sighting, rows)).map((row) => row.related.value.length));
    for (const part of parts) lane.append(...this.part(part, scale, longest, drawn, slider));
    const show = () => this.showDay(observable, Number(slider.value), all, drawn, output, slider);
    slider.addEventListener("input", () => { lane.classList.add("picking"); show(); });
    lane.addEventListener("pointerleave", () => lane.classList.remove("picking"));
    slider.addEventListener("blur", () => lane.classList.remove("picking"));
    show();
    return lane;
  },

  organizations(rows) {
    const names = [...new Set(rows.map((row) => row.organizations).filter(Boolean))];
    const list = element("ul", { class: "orgs", "aria-label": "Organizations" });
    for (const name of names.slice(0, 12)) {
      list.append(element("li", {}, element("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, element("rect", { width: 10, height: 10, rx: 2, fill: this.fill(name) })), name));
    }
    if (names.length > 12) list.append(element("li", {}, `and ${names.length - 12} more`));
    return list;
  },

  fill(organizations) { return this.colors.get(organizations) ?? this.other; },

  shown(sighting, rows) { return this.opened.has(sighting.id) ? rows : rows.slice(0, this.limit); },

  part({ sighting, rows }, scale, longest, drawn, slider) {
    const title = element("h4", {}, sighting.description);
    const shown = this.shown(sighting, rows);
    const width = Math.max(byId("timeline").clientWidth || byId("results").clientWidth - 34, 240);
    const left = Math.min(longest * 7.4 + 18, width * 0.42);
    const height = 24;
    const bottom = shown.length * height + 4;
    const x = (day) => left + (day - scale.from) / (scale.to - scale.from) * (width - left - 8);
    const drawing = element("svg", { viewBox: `0 0 ${width} ${bottom + 22}`, height: bottom + 22, role: "group", "aria-label": sighting.description });
    drawing.append(this.axis(scale, x, bottom, width - left));
    shown.forEach((row, index) => drawing.append(this.row(row, index * height + 2, height, x, left, width)));
    const cursor = element("line", { class: "cursor", y1: 0, y2: bottom });
    drawing.append(cursor);
    drawn.push({ cursor, x, drawing });
    const point = (event) => {
      const box = drawing.getBoundingClientRect();
      const at = (event.clientX - box.left) / box.width * width;
      if (at < left) return;
      slider.value = Math.round(scale.from + (at - left) / (width - left - 8) * (scale.to - scale.from));
      slider.dispatchEvent(new Event("input"));
    };
    drawing.addEventListener("pointermove", point);
    const parts = [title, drawing];
    if (shown.length < rows.length) {
      parts.push(element("button", { type: "button", onclick: () => { this.opened.add(sighting.id); this.update(); } }, `Show ${rows.length - this.limit} more`));
    }
    return parts;
  },

  axis(scale, x, bottom, width) {
    const axis = element("g", { class: "axis", "aria-hidden": "true" });
    const [first, last] = [new Date(scale.from * 86400000), new Date(scale.to * 86400000)];
    const years = last.getUTCFullYear() - first.getUTCFullYear();
    const marks = [];
    if (years >= 2) {
      const step = Math.max(1, Math.ceil((years + 1) / Math.max(Math.floor(width / 60), 1)));
      for (let year = first.getUTCFullYear() + 1; year <= last.getUTCFullYear(); year += step) marks.push([Date.UTC(year, 0, 1), String(year)]);
    } else {
      const months = (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
      const step = Math.max(1, Math.ceil((months + 1) / Math.max(Math.floor(width / 70), 1)));
      for (let month = 1; month <= months; month += step) {
        const time = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1);
        marks.push([time, new Date(time).toISOString().slice(0, 7)]);
      }
    }
    for (const [time, text] of marks) {
      const at = x(time / 86400000).toFixed(1);
      axis.append(element("line", { x1: at, x2: at, y1: 0, y2: bottom }), element("text", { x: at, y: bottom + 15, "text-anchor": "middle" }, text));
    }
    return axis;
  },

  row(row, top, height, x, left, width) {
    const start = row.hasStart ? this.text(row.first) : "unknown";
    const end = row.isCurrent ? "today" : this.text(row.last);
    const said = `${row.related.value}: ${start} to ${end}${row.organizations ? `, ${row.organizations}` : ""}`;
    const open = () => this.onselect(row.related);
    const group = element("g", {
      class: "row", role: "button", tabindex: 0, "aria-label": said, "data-value": row.related.value, "data-first": start, "data-last": end, onclick: open,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } },
    });
    const letters = Math.floor((left - 14) / 7.2);
    const name = row.related.value.length > letters ? `${row.related.value.slice(0, letters - 1)}…` : row.related.value;
    const [from, to] = [x(row.first), x(row.last)];
    group.append(
      element("title", {}, said),
      element("rect", { class: "track", x: 0, y: top, width, height: height - 2, rx: 5 }),
      element("text", { class: "name", x: 4, y: top + height / 2 + 3.5 }, name),
      element("rect", { class: "bar", x: from.toFixed(1), y: top + 5, width: Math.max(to - from, 4).toFixed(1), height: height - 12, rx: 3, fill: this.fill(row.organizations) }));
    row.element = group;
    return group;
  },

  /** Says what the name resolved to on that day. */
  showDay(observable, day, rows, drawn, output, slider) {
    const text = this.text(day);
    slider.setAttribute("aria-valuetext", text);
    for (const { cursor, x } of drawn) {
      cursor.setAttribute("x1", x(day).toFixed(1));
      cursor.setAttribute("x2", x(day).toFixed(1));
    }
    const there = rows.filter((row) => row.first <= day && day <= row.last);
    for (const row of rows) row.element?.classList.toggle("off", !there.includes(row));
    const values = there.slice(0, 6).map((row) => row.related.value).join(", ");
    const more = there.length > 6 ? ` and ${there.length - 6} more` : "";
    output.replaceChildren(element("b", {}, text), ` ${observable.value}: ${there.length ? values + more : "nothing known"}`);
  },
};
