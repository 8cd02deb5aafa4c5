// The graph on its canvas: drawing, pointer and keyboard.

const graph = {
  view: { scale: 1, x: 0, y: 0 },
  selected: null,
  hovered: null,
  found: new Set(),
  colors: {},
  frame: 0,
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
    this.readColors();
  },

  readColors() {
    for (const name of ["domain", "ip", "ipv6", "email", "group", "edge", "text", "soft", "card", "halo", "accent", "ground"]) {
      this.colors[name] = color(name);
    }
    this.redraw();
  },

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    const before = this.size;
    if (before?.width === width && before.height === height) return;
    this.size = { width, height };
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (!before || this.isFitted) return this.fit();
    this.view.x += (width - before.width) / 2;
    this.view.y += (height - before.height) / 2;
    this.redraw();
  },

  /** Takes what the model has. */
  update(fits = true) {
    const start = performance.now();
    this.nodes = [...model.nodes.values()];
    this.edges = model.edges;
    layout.place(this.nodes, this.edges);
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

  fit() {
    if (!this.nodes?.length || !this.size) return;
    const xs = this.nodes.map((node) => node.x);
    const ys = this.nodes.map((node) => node.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const margin = { x: Math.min(90, this.size.width * 0.12), y: 46 };
    const scale = Math.min(
      (this.size.width - 2 * margin.x) / Math.max(right - left, 1), (this.size.height - 2 * margin.y) / Math.max(bottom - top, 1), 1.6);
    this.view.scale = Math.max(scale, 0.05);
    this.view.x = this.size.width / 2 - (left + right) / 2 * this.view.scale;
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

  radius(node) {
    if (node.type === "group") return 15;
    return node.isAsked ? Math.min(11 + Math.sqrt(node.degree), 20) : Math.min(5.5 + Math.sqrt(node.degree), 10);
  },

  /** Whether something else was asked to stand out. */
  isFaint(node) {
    if (this.found.size) return !this.found.has(node.id);
    if (!this.selected) return false;
    return node !== this.selected && !this.neighbours?.has(node);
  },

  // MARK: Drawing

  paint(context, view, size) {
    this.neighbours = new Set();
    if (this.selected) {
      for (const { source, target } of this.edges) {
        if (source === this.selected) this.neighbours.add(target);
        if (target === this.selected) this.neighbours.add(source);
      }
    }
    const at = (node) => ({ x: node.x * view.scale + view.x, y: node.y * view.scale + view.y });
    const zoom = Math.min(Math.max(view.scale, 0.42), 1.35);
    this.paintEdges(context, at, zoom);
    const visible = [];
    for (const node of this.nodes) {
      const { x, y } = at(node);
      if (x < -60 || y < -60 || x > size.width + 60 || y > size.height + 60) continue;
      const radius = this.radius(node) * zoom;
      visible.push({ node, x, y, radius });
      this.paintNode(context, node, x, y, radius);
    }
    this.paintLabels(context, visible, zoom, size);
  },

  paintEdges(context, at, zoom) {
    for (const isStrong of [false, true]) {
      context.beginPath();
      for (const { source, target } of this.edges) {
        const stands = this.selected !== null && (source === this.selected || target === this.selected);
        if (stands !== isStrong) continue;
        const [from, to] = [at(source), at(target)];
        const distance = Math.max(Math.hypot(to.x - from.x, to.y - from.y), 1);
        const [dx, dy] = [(to.x - from.x) / distance, (to.y - from.y) / distance];
        const end = { x: to.x - dx * (this.radius(target) * zoom + 2), y: to.y - dy * (this.radius(target) * zoom + 2) };
        context.moveTo(from.x, from.y);
        context.lineTo(end.x, end.y);
        if (zoom > 0.55) {
          const wing = 4.5 * zoom;
          context.moveTo(end.x - dx * wing * 1.7 - dy * wing, end.y - dy * wing * 1.7 + dx * wing);
          context.lineTo(end.x, end.y);
          context.lineTo(end.x - dx * wing * 1.7 + dy * wing, end.y - dy * wing * 1.7 - dx * wing);
        }
      }
      context.globalAlpha = isStrong ? 1 : this.selected || this.found.size ? 0.4 : 0.85;
      context.strokeStyle = isStrong ? this.colors.accent : this.colors.edge;
      context.lineWidth = isStrong ? 1.6 : 1;
      context.stroke();
    }
    context.globalAlpha = 1;
  },

  /** Each type has a shape of its own, so that colours need not be told apart. */
  shape(context, type, x, y, radius) {
    context.beginPath();
    if (type === "ip") {
      const side = radius * 0.9;
      context.roundRect(x - side, y - side, side * 2, side * 2, radius * 0.35);
    } else if (type === "ipv6") {
      const half = radius * 1.2;
      context.moveTo(x, y - half); context.lineTo(x + half, y); context.lineTo(x, y + half); context.lineTo(x - half, y); context.closePath();
    } else if (type === "email") {
      const half = radius * 1.15;
      context.moveTo(x, y - half); context.lineTo(x + half, y + half * 0.85); context.lineTo(x - half, y + half * 0.85); context.closePath();
    } else {
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
  },

  paintNode(context, node, x, y, radius) {
    context.globalAlpha = this.isFaint(node) ? 0.28 : 1;
    const fill = this.colors[node.type] ?? this.colors.group;
    if (node === this.selected || node === this.hovered) {
      this.shape(context, node.type, x, y, radius + 5);
      context.globalAlpha *= 0.25;
      context.fillStyle = fill;
      context.fill();
      context.globalAlpha = 1;
    }
    this.shape(context, node.type, x, y, radius);
    context.fillStyle = node.type === "group" ? this.colors.card : fill;
    context.fill();
    context.lineWidth = node.isAsked ? 3 : 1.5;
    context.strokeStyle = node.type === "group" ? fill : this.colors.halo;
    context.setLineDash(node.type === "group" ? [3, 3] : []);
    context.stroke();
    context.setLineDash([]);
    if (node.isAsked) {
      this.shape(context, node.type, x, y, radius + 3);
      context.lineWidth = 1.5;
      context.strokeStyle = fill;
      context.stroke();
    }
    context.globalAlpha = 1;
  },

  /** Labels of what matters first; one that would cover another is left out. */
  paintLabels(context, visible, zoom, edge) {
    const rank = ({ node }) =>
      (node === this.selected || node === this.hovered ? 1e6 : 0) + (this.found.has(node.id) ? 1e5 : 0)
      + (node.isAsked ? 1e4 : 0) + (this.neighbours.has(node) ? 1e3 : 0) + node.degree;
    const taken = [];
    const cells = new Map();
    const isFree = (box) => {
      for (let column = Math.floor(box.left / 80); column <= Math.floor(box.right / 80); column += 1) {
        for (let row = Math.floor(box.top / 24); row <= Math.floor(box.bottom / 24); row += 1) {
          for (const other of cells.get(column * 4096 + row) ?? []) {
            if (box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top) return false;
          }
        }
      }
      return true;
    };
    const take = (box) => {
      taken.push(box);
      for (let column = Math.floor(box.left / 80); column <= Math.floor(box.right / 80); column += 1) {
        for (let row = Math.floor(box.top / 24); row <= Math.floor(box.bottom / 24); row += 1) {
          const cell = column * 4096 + row;
          if (cells.has(cell)) cells.get(cell).push(box);
          else cells.set(cell, [box]);
        }
      }
    };
    for (const { x, y, radius, node } of visible) {
      const inner = node.isAsked ? radius + 2 : radius * 0.7;
      take({ left: x - inner, right: x + inner, top: y - inner, bottom: y + inner });
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    for (const item of visible.sort((one, other) => rank(other) - rank(one))) {
      const { node, x, y, radius } = item;
      const isForced = node === this.selected || node === this.hovered;
      if (!isForced && this.isFaint(node)) continue;
      const size = node.isAsked ? 13.5 : Math.min(Math.max(11 * zoom, 9.5), 12.5);
      context.font = `${node.isAsked || isForced ? "600 " : ""}${size}px system-ui, "DejaVu Sans", sans-serif`;
      const text = node.label ?? (node.value.length > 42 ? `${node.value.slice(0, 40)}…` : node.value);
      const width = context.measureText(text).width;
      const top = Math.min(y + radius + (node.isAsked ? 6 : 3), edge.height - size - 4);
      const middle = Math.min(Math.max(x, width / 2 + 6), Math.max(edge.width - width / 2 - 6, width / 2 + 6));
      const box = { left: middle - width / 2 - 2, right: middle + width / 2 + 2, top, bottom: top + size + 3 };
      if (!isForced && !node.isAsked && !isFree(box)) continue;
      take(box);
      context.lineWidth = 3.5;
      context.strokeStyle = this.colors.ground;
      context.strokeText(text, middle, top);
      context.fillStyle = node.isAsked || isForced ? this.colors.text : this.colors.soft;
      context.fillText(text, middle, top);
    }
  },

  // MARK: Pointer

  /** The node under a point of the canvas. */
  nodeAt(x, y) {
    const zoom = Math.min(Math.max(this.view.scale, 0.42), 1.35);
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

  // MARK: Pictures

  png() {
    const picture = document.createElement("canvas");
    const scale = 2;
    picture.width = this.size.width * scale;
    picture.height = this.size.height * scale;
    const context = picture.getContext("2d");
    context.fillStyle = this.colors.ground;
    context.fillRect(0, 0, picture.width, picture.height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.paint(context, this.view, this.size);
    picture.toBlob((blob) => blob && download("investigation.png", blob), "image/png");
  },

  svg() {
    const { width, height } = this.size;
    const drawing = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "font-family": "sans-serif" });
    drawing.append(element("rect", { width, height, fill: this.colors.ground }));
    this.paint(new DrawingContext(drawing), this.view, this.size);
    download("investigation.svg", new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" }));
  },
};

/** As much of a canvas's context as the graph draws with, which makes SVG of it. */
class DrawingContext {
  constructor(drawing) {
    this.drawing = drawing;
    this.globalAlpha = 1;
    this.measure = document.createElement("canvas").getContext("2d");
  }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${x.toFixed(1)} ${y.toFixed(1)}`; }
  lineTo(x, y) { this.path += `L${x.toFixed(1)} ${y.toFixed(1)}`; }
  closePath() { this.path += "Z"; }
  arc(x, y, radius) {
    this.path += `M${(x - radius).toFixed(1)} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${radius * 2} 0a${radius} ${radius} 0 1 0 ${-radius * 2} 0Z`;
  }
  roundRect(x, y, width, height) { this.path += `M${x.toFixed(1)} ${y.toFixed(1)}h${width}v${height}h${-width}Z`; }
  setLineDash(dash) { this.dash = dash.join(" "); }
  fill() { this.drawing.append(element("path", { d: this.path, fill: this.fillStyle, opacity: this.globalAlpha })); }
  stroke() {
    this.drawing.append(element("path", {
      d: this.path, fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-dasharray": this.dash || null, opacity: this.globalAlpha,
    }));
  }
  measureText(text) { this.measure.font = this.font; return this.measure.measureText(text); }
  text(text, x, y, attributes) {
    const size = parseFloat(/([\d.]+)px/.exec(this.font)[1]);
    const made = element("text", { x: x.toFixed(1), y: (y + size * 0.85).toFixed(1), "font-size": size, "text-anchor": "middle", "font-weight": this.font.startsWith("600") ? 600 : null, ...attributes });
    made.textContent = text;
    this.drawing.append(made);
  }
  strokeText(text, x, y) { this.text(text, x, y, { fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": "round" }); }
  fillText(text, x, y) { this.text(text, x, y, { fill: this.fillStyle }); }
}
