// Who had an address when: for each observable, a bar from the first day to the last for each value.

const timeline = {
  /** Six colours, each plain, striped and as an outline; the style sheet has them for light and dark. */
  colors: 6,
  textures: ["", "striped", "hollow"],
  /** Rows of one sighting before the others wait for a click. */
  limit: 40,
  opened: new Set(),
  /** The day that each observable's slider is at, once it was moved. */
  days: new Map(),
  onselect() {},

  start() {
    const patterns = element("defs");
    for (let number = 1; number <= this.colors; number += 1) {
      patterns.append(element("pattern", { id: `stripes-${number}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        element("rect", { class: `mark-of org-${number}`, width: 6, height: 6 }), element("rect", { class: "gap", width: 2.4, height: 6 })));
    }
    document.body.append(element("svg", { class: "unseen", "aria-hidden": "true" }, patterns));
  },

  day(text) {
    const time = typeof text === "string" && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : NaN;
    return Number.isNaN(time) ? null : time / 86400000;
  },
  text(day) { return new Date(day * 86400000).toISOString().slice(0, 10); },
  today() { return Math.floor(Date.now() / 86400000); },

  update() {
    const place = byId("timeline");
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    place.replaceChildren();
    this.assignStyles();
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
    if (focused) this.focus(focused);
  },

  /** Focuses what was drawn for a row or a slider. */
  focus(key) { [...byId("timeline").querySelectorAll("[data-key]")].find((made) => made.dataset.key === key)?.focus(); },

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

  /** The most frequent organizations of each observable have a colour and a texture each; the others share one. */
  assignStyles() {
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
    const style = (index) => `org-${index % this.colors + 1} ${this.textures[Math.floor(index / this.colors)]}`.trim();
    this.styles = new Map([...names].slice(0, this.colors * this.textures.length).map((name, index) => [name, style(index)]));
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
    const key = model.key(observable.type, observable.value);
    const day = Math.min(Math.max(this.days.get(key) ?? to, from), to);
    const slider = element("input", { type: "range", id: `day-${parts[0].sighting.id}`, min: from, max: to, step: 1, value: day, "aria-label": `Day, for ${observable.value}`, "data-key": `day ${key}` });
    const output = element("output", { for: slider.id });
    lane.append(output, slider);
    const drawn = [];
    const longest = Math.max(...parts.flatMap(({ sighting, rows }) => this.shown(sighting, rows)).map((row) => row.related.value.length));
    const frame = this.frame(scale, longest);
    const [start, end] = [frame.x(from), frame.x(to)];
    slider.style.marginLeft = `${start - 8}px`;
    slider.style.width = `${end - start + 16}px`;
    for (const part of parts) lane.append(...this.part(part, scale, frame, drawn, slider));
    const show = () => this.showDay(observable, Number(slider.value), all, drawn, output, slider);
    slider.addEventListener("input", () => {
      lane.classList.add("picking");
      this.days.set(key, Number(slider.value));
      show();
    });
    lane.addEventListener("pointerleave", () => lane.classList.remove("picking"));
    slider.addEventListener("blur", () => lane.classList.remove("picking"));
    show();
    return lane;
  },

  /** Where the days are: all drawings of an observable, and its slider, share the axis. */
  frame(scale, longest) {
    const unit = graph.unit;
    const width = Math.max(byId("timeline").clientWidth || byId("results").clientWidth - 34, 240);
    const left = Math.min((longest * 7.4 + 18) * unit, width * 0.42);
    return { unit, width, left, x: (day) => left + (day - scale.from) / (scale.to - scale.from) * (width - left - 8) };
  },

  organizations(rows) {
    const has = new Set(rows.map((row) => row.organizations));
    const list = element("ul", { class: "orgs", "aria-label": "Organizations" });
    const add = (style, ...text) => list.append(element("li", {},
      element("svg", { viewBox: "0 0 18 11", "aria-hidden": "true" }, element("rect", { class: `mark-of ${style}`, x: 1, y: 1, width: 16, height: 9, rx: 2 })), ...text));
    for (const [name, style] of this.styles) if (has.has(name)) add(style, name);
    const others = [...has].filter((name) => name && !this.styles.has(name)).length;
    if (others) add("org-other", plural(others, "other organization"), has.has("") ? ", or unknown" : "");
    else if (has.has("")) add("org-other", "organization unknown");
    return list;
  },

  style(organizations) { return this.styles.get(organizations) ?? "org-other"; },

  shown(sighting, rows) { return this.opened.has(sighting.id) ? rows : rows.slice(0, this.limit); },

  part({ sighting, rows }, scale, { unit, width, left, x }, drawn, slider) {
    const title = element("h4", {}, sighting.description);
    const shown = this.shown(sighting, rows);
    const height = Math.round(24 * unit);
    const bottom = shown.length * height + 4;
    const drawing = element("svg", { viewBox: `0 0 ${width} ${bottom + 22 * unit}`, height: bottom + 22 * unit, role: "group", "aria-label": sighting.description });
    drawing.append(this.axis(scale, x, bottom, (width - left) / unit, unit));
    shown.forEach((row, index) => drawing.append(this.row(row, index * height + 2, height, { unit, width, left, x })));
    drawing.querySelector(".row").setAttribute("tabindex", 0);
    drawing.addEventListener("keydown", (event) => this.move(event));
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

  axis(scale, x, bottom, width, unit) {
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
      axis.append(element("line", { x1: at, x2: at, y1: 0, y2: bottom }), element("text", { x: at, y: bottom + 15 * unit, "text-anchor": "middle" }, text));
    }
    return axis;
  },

  row(row, top, height, { unit, width, left, x }) {
    const start = row.hasStart ? this.text(row.first) : "unknown";
    const end = row.isCurrent ? "today" : this.text(row.last);
    const said = `${row.related.value}: ${start} to ${end}${row.organizations ? `, ${row.organizations}` : ""}`;
    const open = (event) => this.onselect(row.related, event.type === "keydown");
    const group = element("g", {
      class: "row", role: "button", tabindex: -1, "aria-label": said, "data-key": `${row.sighting.id} ${row.related.value}`, "data-value": row.related.value, "data-first": start, "data-last": end, onclick: open,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(event); } },
    });
    const letters = Math.floor((left - 14) / (7.2 * unit));
    const name = row.related.value.length > letters ? `${row.related.value.slice(0, letters - 1)}…` : row.related.value;
    const [from, to] = [x(row.first), x(row.last)];
    group.append(
      element("title", {}, said),
      element("rect", { class: "track", x: 0, y: top, width, height: height - 2, rx: 5 }),
      element("text", { class: "name", x: 4, y: top + height / 2 + 3.5 * unit }, name),
      element("rect", { class: `bar mark-of ${this.style(row.organizations)}`, x: from.toFixed(1), y: top + 5, width: Math.max(to - from, 4).toFixed(1), height: height - 12, rx: 3 }));
    row.element = group;
    return group;
  },

  /** From row to row; of each drawing, one row is reached with Tab. */
  move(event) {
    const rows = [...event.currentTarget.querySelectorAll(".row")];
    const at = rows.indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    if (!rows[next]) return;
    rows[at].setAttribute("tabindex", -1);
    rows[next].setAttribute("tabindex", 0);
    rows[next].focus();
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
    output.replaceChildren(element("b", {}, text), element("span", { class: "unseen" }, ` ${observable.value}: `), there.length ? values + more : "nothing known");
  },
};
