// The graph on its canvas: drawing, pointer and keyboard.

const graph = {
  view: { scale: 1, x: 0, y: 0 },
  selected: null,
  hovered: null,
  found: new Set(),
  colors: {},
  frame: 0,
  unit: 1,
  onselect() {},
  onopen() {},
  /** For measurements: when the frames of the last drag were drawn, in milliseconds. */
  frames: [],
  layoutTime: 0,

  start() {
    this.canvas = byId("graph");
    this.context = this.canvas.getContext("2d");
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.listen();
    this.readStyle();
  },

  readStyle() {
    /** How large text is, compared to the 15 pixels that everything is measured for. */
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;
    for (const name of ["domain", "ip", "ipv6", "email", "group", "edge", "text", "soft", "card", "halo", "accent", "ground"]) {
      this.colors[name] = color(name);
    }
    this.redraw();
  },

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    this.readStyle();
    const before = this.size;
    if (before?.width === width && before.height === height) return;
    this.size = { width, height };
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (!before || this.isFitted) {
      this.fit();
    } else {
      this.view.x += (width - before.width) / 2;
      this.view.y += (height - before.height) / 2;
    }
    // Another size empties the canvas: it is drawn before that can be seen.
    this.step();
  },

  /** Takes what the model has. */
  update(fits = true) {
    const start = performance.now();
    this.nodes = [...model.nodes.values()];
    this.edges = model.edges;
    layout.place(this.nodes, this.edges, this.size ? this.size.width >= this.size.height : true);
    this.layoutTime = performance.now() - start;
    if (this.selected) this.selected = model.nodes.get(this.selected.id) ?? null;
    this.hovered = null;
    const values = this.nodes.filter((node) => node.type !== "group");
    this.canvas.dataset.nodes = values.length;
    this.canvas.dataset.groups = this.nodes.length - values.length;
    this.canvas.dataset.edges = this.edges.filter((edge) => edge.target.type !== "group" && edge.source.type !== "group").length;
    this.canvas.setAttribute("aria-label", `Graph of ${plural(values.length, "value")} and ${plural(this.edges.length, "relation")}`);
    if (fits) this.fit();
    this.redraw();
  },

  /** Places everything again. */
  arrange() {
    for (const node of model.nodes.values()) node.x = NaN;
    this.update();
  },

  fit() {
    if (!this.nodes?.length || !this.size) return;
    const xs = this.nodes.map((node) => node.x);
    const ys = this.nodes.map((node) => node.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const margin = { x: Math.min(90 * this.unit, this.size.width * 0.14), y: 46 * this.unit };
    const largest = Math.min(Math.max(Math.min(this.size.width, this.size.height) / 330, 1.4), 2.6);
    // The buttons to zoom lie over the right edge.
    const width = this.size.width - 36 * this.unit;
    const scale = Math.min(
      (width - 2 * margin.x) / Math.max(right - left, 1), (this.size.height - 2 * margin.y) / Math.max(bottom - top, 1), largest);
    this.view.scale = Math.max(scale, 0.05);
    this.view.x = width / 2 - (left + right) / 2 * this.view.scale;
    this.view.y = this.size.height / 2 - (top + bottom) / 2 * this.view.scale;
    /** Whether the view follows the size of the canvas. */
    this.isFitted = true;
    this.redraw();
  },

  zoom(factor, x = this.size.width / 2, y = this.size.height / 2) {
    const scale = Math.min(Math.max(this.view.scale * factor, 0.05), 6);
    const ratio = scale / this.view.scale;
    this.isFitted = false;
    this.view = { scale, x: x - (x - this.view.x) * ratio, y: y - (y - this.view.y) * ratio };
    this.redraw();
  },

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.step(); });
  },

  step() {
    if (!this.nodes || !this.size) return;
    if (this.drag?.node) {
      layout.tick(this.nodes, this.edges, 0.22);
      this.frames.push(performance.now());
    }
    const ratio = window.devicePixelRatio || 1;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, this.size.width, this.size.height);
    this.paint(this.context, this.view, this.size);
    if (this.drag?.node) this.redraw();
  },

  // MARK: Pointer

  /** The node under a point of the canvas. */
  nodeAt(x, y) {
    const zoom = this.zoomOf(this.view);
    let nearest = null;
    let best = Infinity;
    for (const node of this.nodes ?? []) {
      const distance = Math.hypot(node.x * this.view.scale + this.view.x - x, node.y * this.view.scale + this.view.y - y);
      if (distance < this.radius(node) * zoom + 6 && distance < best) [nearest, best] = [node, distance];
    }
    return nearest;
  },

  listen() {
    const { canvas } = this;
    const pointers = new Map();
    const point = (event) => {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    canvas.addEventListener("pointerdown", (event) => {
      const at = point(event);
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at);
      const node = pointers.size === 1 ? this.nodeAt(at.x, at.y) : null;
      this.drag = { node, start: at, last: at, hasMoved: false };
      this.frames = [];
    });
    canvas.addEventListener("pointermove", (event) => {
      const at = point(event);
      if (!pointers.has(event.pointerId)) return this.hover(this.nodeAt(at.x, at.y), at);
      const before = pointers.get(event.pointerId);
      if (pointers.size === 2) {
        const [other] = [...pointers.entries()].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
        const factor = Math.hypot(at.x - other.x, at.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1);
        this.zoom(factor, (at.x + other.x) / 2, (at.y + other.y) / 2);
      } else if (this.drag) {
        if (Math.hypot(at.x - this.drag.start.x, at.y - this.drag.start.y) > 4) this.drag.hasMoved = true;
        if (this.drag.node) {
          if (this.drag.hasMoved) {
            this.drag.node.isFixed = true;
            this.drag.node.x = (at.x - this.view.x) / this.view.scale;
            this.drag.node.y = (at.y - this.view.y) / this.view.scale;
          }
        } else {
          this.isFitted = false;
          this.view.x += at.x - this.drag.last.x;
          this.view.y += at.y - this.drag.last.y;
        }
        this.drag.last = at;
        this.redraw();
      }
      pointers.set(event.pointerId, at);
    });
    const end = (event) => {
      pointers.delete(event.pointerId);
      const { drag } = this;
      this.drag = null;
      if (!drag || event.type === "pointercancel") return;
      if (drag.node) drag.node.isFixed = false;
      if (!drag.hasMoved) this.click(drag.node);
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => this.hover(null));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const at = point(event);
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), at.x, at.y);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.press(event));
  },

  click(node) {
    if (node?.type === "group") return this.onopen(node);
    this.select(node);
  },

  hover(node, at) {
    const tip = byId("tip");
    if (node && at) {
      tip.textContent = node.label ? `${node.label}: click to show them` : `${node.value} · ${typeNames[node.type] ?? node.type}`;
      tip.hidden = false;
      tip.style.left = `${Math.min(at.x + 14, this.size.width - Math.min(tip.offsetWidth, this.size.width) - 6)}px`;
      tip.style.top = `${Math.min(at.y + 16, this.size.height - tip.offsetHeight - 6)}px`;
    } else {
      tip.hidden = true;
    }
    if (node === this.hovered) return;
    this.hovered = node;
    this.canvas.style.cursor = node ? "pointer" : "grab";
    this.redraw();
  },

  select(node, isTold = true) {
    this.selected = node;
    this.redraw();
    if (isTold) this.onselect(node);
    byId("announce").textContent = node
      ? `${node.label ?? node.value}, ${typeNames[node.type] ?? node.type}, ${plural(node.degree, "relation")}` : "";
  },

  // MARK: Keyboard

  press(event) {
    const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (directions[event.key]) this.move(...directions[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
    else if (event.key === "Escape") this.select(null);
    else if (event.key === "Enter" && this.selected) this.selected.type === "group" ? this.onopen(this.selected) : this.onselect(this.selected, true);
    else return;
    event.preventDefault();
  },

  /** Selects the nearest node in a direction. */
  move(dx, dy) {
    if (!this.nodes?.length) return;
    if (!this.selected) return this.select(this.nodes.find((node) => node.isAsked) ?? this.nodes[0]);
    let nearest = null;
    let best = Infinity;
    for (const node of this.nodes) {
      const [x, y] = [node.x - this.selected.x, node.y - this.selected.y];
      const along = x * dx + y * dy;
      const across = Math.abs(x * dy - y * dx);
      if (node === this.selected || along < 1 || across > along * 2.2) continue;
      const cost = along + across * 2;
      if (cost < best) [nearest, best] = [node, cost];
    }
    if (!nearest) return;
    this.select(nearest);
    this.show(nearest);
  },

  /** Moves the view so that the node can be seen. */
  show(node) {
    const [x, y] = [node.x * this.view.scale + this.view.x, node.y * this.view.scale + this.view.y];
    const margin = 50;
    if (x < margin || y < margin || x > this.size.width - margin || y > this.size.height - margin) this.isFitted = false;
    if (x < margin) this.view.x += margin - x;
    if (x > this.size.width - margin) this.view.x -= x - this.size.width + margin;
    if (y < margin) this.view.y += margin - y;
    if (y > this.size.height - margin) this.view.y -= y - this.size.height + margin;
    this.redraw();
  },
};
