// The page: text, chips, the questions to the server, and what is shown of the answers.

const page = {
  found: [],
  removed: new Set(),
  isAsking: false,
  extraction: 0,
  about: { relay: "", demonstration: false },
  /** Observables in one request, so that there is progress to see. */
  batch: 5,

  async start() {
    this.startTheme();
    graph.start();
    timeline.start();
    table.start();
    const select = (related, isConfirmed) => {
      const node = this.nodeOf(related);
      if (!node) return;
      graph.select(node);
      graph.show(node);
      if (isConfirmed) graph.onselect(node, true);
    };
    graph.onselect = (node, isConfirmed) => {
      details.show(node);
      if (node && details.covers()) this.uncover(node);
      if (isConfirmed) byId("details").querySelector("h2")?.focus();
    };
    graph.onopen = (node) => {
      model.opened.add(node.sighting.id);
      model.rebuild();
      graph.update();
    };
    table.onselect = select;
    timeline.onselect = select;
    details.onclose = () => graph.select(null);
    details.onpivot = (node) => this.investigate([{ type: node.type, value: node.value }], node);
    this.listen();
    try {
      this.about = await this.post("about", {});
      byId("relay").textContent = `asks ${this.about.relay}${this.about.demonstration ? "; SecurityTrails is made up" : ""}`;
    } catch (error) {
      this.fail(error);
    }
    this.readFragment();
  },

  listen() {
    let timer = 0;
    byId("text").addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.extract(), 120);
    });
    byId("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.extract().then(() => this.go()); }
    });
    byId("go").addEventListener("click", () => this.go());
    byId("clear").addEventListener("click", () => this.clear());
    byId("example").addEventListener("click", () => {
      byId("text").value = "Beacon to hxxps://example[.]com/login from 10.1.2.3,\nthen 192.0.2.10 and 198.51.100.7 (invoice.pdf.exe, agent v2.4.1).\nSender: billing@www.example.net";
      this.extract();
    });
    byId("share").addEventListener("click", (event) => copy(location.href.split("#")[0] + this.fragment(), event.target));
    byId("search").addEventListener("input", () => this.search());
    byId("search").addEventListener("keydown", (event) => { if (event.key === "Enter") this.nextFound(); });
    byId("fit").addEventListener("click", () => graph.fit());
    byId("zoom-in").addEventListener("click", () => graph.zoom(1.3));
    byId("zoom-out").addEventListener("click", () => graph.zoom(1 / 1.3));
    byId("png").addEventListener("click", () => graph.png());
    byId("svg").addEventListener("click", () => graph.svg());
    const tabs = [byId("tab-timeline"), byId("tab-table")];
    tabs.forEach((tab, index) => {
      tab.addEventListener("click", () => this.showTab(tab));
      tab.addEventListener("keydown", (event) => {
        if (event.key === "ArrowLeft" || event.key === "ArrowRight") { this.showTab(tabs[1 - index]); tabs[1 - index].focus(); }
      });
    });
    byId("results").addEventListener("keydown", (event) => this.escape(event));
    byId("details").addEventListener("keydown", (event) => this.escape(event));
    window.addEventListener("hashchange", () => this.readFragment());
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width || !contentRect.width) return;
      width = contentRect.width;
      if (model.sightings.length) timeline.update();
    }).observe(byId("timeline"));
  },

  /** Escape closes the details, except in a field, where it clears the field. */
  escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || byId("details").hidden || event.target.matches("input[type=search], select")) return;
    event.preventDefault();
    details.close();
  },

  /** Scrolls so that the details don't lie over the node. */
  uncover(node) {
    const y = byId("graph").getBoundingClientRect().top + node.y * graph.view.scale + graph.view.y;
    const free = window.innerHeight - byId("details").offsetHeight - 60;
    if (y > free && y < window.innerHeight) window.scrollBy(0, y - free);
  },

  showTab(chosen) {
    for (const tab of [byId("tab-timeline"), byId("tab-table")]) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    if (chosen.id === "tab-timeline") timeline.update();
  },

  startTheme() {
    const prefers = matchMedia("(prefers-color-scheme: dark)");
    const apply = (theme) => {
      document.documentElement.dataset.theme = theme;
      byId("theme").setAttribute("aria-pressed", String(theme === "dark"));
      if (graph.context) graph.readStyle();
    };
    apply(prefers.matches ? "dark" : "light");
    prefers.addEventListener("change", () => apply(prefers.matches ? "dark" : "light"));
    byId("theme").addEventListener("click", () => apply(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  },

  async post(path, body) {
    let response;
    try {
      response = await fetch(`/-/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), cache: "no-store" });
    } catch {
      throw new Error("The local server does not answer. Is relayctl still running?");
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message ?? `The local server answered with status ${response.status}.`);
    return answer;
  },

  // MARK: Text and chips

  async extract() {
    const number = ++this.extraction;
    const text = byId("text").value;
    try {
      const answer = text.trim() ? await this.post("extract", { text }) : { found: [], left_out: [], left_out_count: 0 };
      if (number !== this.extraction) return;
      this.found = answer.found;
      this.removed.clear();
      this.drawChips();
      this.drawLeftOut(answer);
    } catch (error) {
      this.fail(error);
    }
  },

  chosen() { return this.found.filter(({ type, value }) => !this.removed.has(model.key(type, value))); },

  drawChips() {
    const list = byId("chips");
    list.replaceChildren();
    const chosen = this.chosen();
    for (const { type, value } of chosen.slice(0, 300)) {
      const remove = () => {
        this.removed.add(model.key(type, value));
        this.drawChips();
        byId("text").focus();
      };
      list.append(element("li", { class: "chip", title: `${value} · ${typeNames[type]}` },
        element("i", { class: `dot ${type}`, "aria-hidden": "true" }), element("span", {}, value),
        element("button", { type: "button", "aria-label": `Leave out ${value}`, onclick: remove }, "×")));
    }
    if (chosen.length > 300) list.append(element("li", { class: "chip" }, `and ${chosen.length - 300} more`));
    const queries = chosen.reduce((sum, { type }) => sum + (type === "domain" ? 2 : 1), 0);
    byId("cost").textContent = chosen.length ? `${plural(chosen.length, "observable")}, about ${plural(queries, "SecurityTrails query", "SecurityTrails queries")}` : byId("text").value.trim() ? "No observables in this text." : "";
    byId("go").disabled = !chosen.length || this.isAsking;
    byId("share").disabled = !chosen.length;
    byId("example").hidden = Boolean(byId("text").value.trim());
  },

  drawLeftOut(answer) {
    const place = byId("leftout");
    place.hidden = !answer.left_out.length;
    place.querySelector("summary").textContent = `${answer.left_out_count.toLocaleString("en")} left out`;
    place.querySelector("ul").replaceChildren(...answer.left_out.slice(0, 100).map(({ value, reason }) => element("li", {}, element("b", {}, value), `: ${reason}`)));
    if (answer.left_out.length && answer.left_out.length <= 4) place.open = true;
  },

  // MARK: Fragment

  fragment() { return `#${this.chosen().map(({ value }) => encodeURIComponent(value)).join(",")}`; },

  /** Takes observables from the address, and asks nothing: a link must not cost queries. */
  readFragment() {
    const values = location.hash.slice(1).split(",").map((part) => { try { return decodeURIComponent(part); } catch { return ""; } }).filter(Boolean);
    if (!values.length || this.fragment() === location.hash) return;
    byId("text").value = values.join("\n");
    this.extract();
  },

  // MARK: Asking

  go() {
    const observables = this.chosen();
    if (!observables.length || this.isAsking) return;
    history.replaceState(null, "", this.fragment());
    model.clear();
    graph.selected = null;
    details.show(null);
    return this.investigate(observables);
  },

  async investigate(observables, node) {
    if (this.isAsking) return;
    this.isAsking = true;
    byId("go").disabled = true;
    byId("notices").replaceChildren();
    const isFirst = !model.sightings.length && !node;
    try {
      for (let start = 0; start < observables.length; start += this.batch) {
        this.progress(start, observables.length);
        const answer = await this.post("investigate", { observables: observables.slice(start, start + this.batch) });
        model.add(answer);
        this.draw(!node);
        if (answer.errors.some((error) => ["authorization error", "unauthorized"].includes(error.code))) break;
      }
    } catch (error) {
      this.fail(error);
    }
    // What came later was put around the rest; together there is a better place for all of it.
    if (!node && observables.length > this.batch) graph.arrange();
    this.progress(null);
    this.isAsking = false;
    byId("go").disabled = !this.chosen().length;
    if (node) {
      const now = model.nodes.get(node.id);
      graph.select(now ?? null);
    } else if (isFirst && window.innerWidth <= 800 && !byId("results").hidden) {
      byId("results").scrollIntoView({ block: "start" });
    }
  },

  progress(done, count) {
    const place = byId("progress");
    place.hidden = done === null;
    if (done === null) return;
    place.querySelector("progress").value = (done + 0.4) / count;
    place.querySelector("span").textContent = `Asked about ${done} of ${count} …`;
  },

  draw(fits) {
    byId("welcome").hidden = true;
    byId("results").hidden = false;
    byId("clear").hidden = false;
    this.drawSummary();
    this.drawNotices();
    this.drawFilters();
    graph.resize();
    graph.update(fits);
    timeline.update();
    table.update();
  },

  drawSummary() {
    const values = new Set();
    let relations = 0;
    for (const sighting of model.sightings) {
      for (const other of sighting.related) { values.add(model.key(other.type, other.value)); relations += 1; }
    }
    const isCounted = model.queries !== null;
    const queries = isCounted ? model.queries : [...model.asked.values()].reduce((sum, { type }) => sum + (type === "domain" ? 2 : 1), 0);
    const parts = [element("b", {}, plural(model.asked.size, "observable")), `, ${plural(model.sightings.length, "sighting")}, ${plural(values.size, "related value")}, ${plural(relations, "relation")}; ${isCounted ? "" : "about "}${plural(queries, "SecurityTrails query", "SecurityTrails queries")}`];
    if (!model.sightings.length) parts.unshift("Nothing was found. ");
    byId("summary").replaceChildren(...parts);
  },

  drawNotices() { byId("notices").replaceChildren(...model.notices.map(noticeElement)); },

  fail(error) { byId("notices").append(noticeElement({ warning: false, message: error.message })); },

  drawFilters() {
    byId("filters").replaceChildren(...typeOrder.filter((type) => model.count(type)).map((type) => {
      const toggle = () => {
        if (model.hiddenTypes.has(type)) model.hiddenTypes.delete(type);
        else model.hiddenTypes.add(type);
        model.rebuild();
        graph.update();
      };
      return element("label", {}, element("input", { type: "checkbox", checked: !model.hiddenTypes.has(type), onchange: toggle, "data-type": type }),
        element("span", { class: `dot ${type}`, "aria-hidden": "true" }), `${filterNames[type]} ${model.count(type).toLocaleString("en")}`);
    }));
  },

  nodeOf({ type, value }) {
    const id = model.key(type, value);
    if (!model.nodes.has(id)) {
      for (const sighting of model.sightings) {
        if (sighting.related.some((other) => model.key(other.type, other.value) === id)) model.opened.add(sighting.id);
      }
      model.hiddenTypes.delete(type);
      model.rebuild();
      this.drawFilters();
      graph.update();
    }
    return model.nodes.get(id);
  },

  search() {
    const wanted = byId("search").value.trim().toLowerCase();
    graph.found = new Set(wanted ? graph.nodes.filter((node) => (node.label ?? node.value).toLowerCase().includes(wanted)).map((node) => node.id) : []);
    byId("announce").textContent = wanted ? `${plural(graph.found.size, "value")} found` : "";
    graph.redraw();
  },

  nextFound() {
    const ids = [...graph.found];
    if (!ids.length) return;
    const next = model.nodes.get(ids[(ids.indexOf(graph.selected?.id) + 1) % ids.length]);
    graph.select(next);
    graph.show(next);
  },

  clear() {
    model.clear();
    graph.selected = null;
    details.show(null);
    byId("text").value = "";
    history.replaceState(null, "", location.pathname);
    byId("results").hidden = true;
    byId("welcome").hidden = false;
    byId("clear").hidden = true;
    byId("notices").replaceChildren();
    this.extract();
    byId("text").focus();
  },
};

page.start();
