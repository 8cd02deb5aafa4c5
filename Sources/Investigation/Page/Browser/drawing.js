// How the graph is drawn: on its canvas, and as PNG and SVG.

Object.assign(graph, {
  radius(node) {
    if (node.type === "group") return 15;
    return node.isAsked ? Math.min(11 + Math.sqrt(node.degree), 20) : Math.min(5.5 + Math.sqrt(node.degree), 10);
  },

  /** How large nodes are drawn: less than the view is zoomed, so that they can be seen and told apart. */
  zoomOf(view) { return Math.min(Math.max(view.scale, 0.42), 1.35) * this.unit; },

  /** Whether something else was asked to stand out. */
  isFaint(node) {
    if (this.found.size) return !this.found.has(node.id);
    if (!this.selected) return false;
    return node !== this.selected && !this.neighbours?.has(node);
  },

  paint(context, view, size) {
    this.neighbours = new Set();
    if (this.selected) {
      for (const { source, target } of this.edges) {
        if (source === this.selected) this.neighbours.add(target);
        if (target === this.selected) this.neighbours.add(source);
      }
    }
    const at = (node) => ({ x: node.x * view.scale + view.x, y: node.y * view.scale + view.y });
    const zoom = this.zoomOf(view);
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
        if (zoom > 0.55 * this.unit) {
          const wing = 4.5 * zoom;
          context.moveTo(end.x - dx * wing * 1.7 - dy * wing, end.y - dy * wing * 1.7 + dx * wing);
          context.lineTo(end.x, end.y);
          context.lineTo(end.x - dx * wing * 1.7 + dy * wing, end.y - dy * wing * 1.7 - dx * wing);
        }
      }
      // The more there are, the fainter, or a large group would be one spot.
      const share = Math.min(1, 12 / Math.sqrt(this.edges.length + 1));
      context.globalAlpha = isStrong ? Math.max(share, 0.5) : (this.selected || this.found.size ? 0.4 : 0.9) * share;
      context.strokeStyle = isStrong ? this.colors.accent : this.colors.edge;
      context.lineWidth = (isStrong ? 1.6 : 1) * this.unit;
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
    const cells = new Map();
    const labels = [];
    const meets = (box, other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top;
    const isFree = (box) => {
      for (let column = Math.floor(box.left / 80); column <= Math.floor(box.right / 80); column += 1) {
        for (let row = Math.floor(box.top / 24); row <= Math.floor(box.bottom / 24); row += 1) {
          for (const other of cells.get(column * 4096 + row) ?? []) {
            if (meets(box, other)) return false;
          }
        }
      }
      return true;
    };
    const take = (box) => {
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
      const isFaint = !isForced && this.isFaint(node);
      if (isFaint && !node.isAsked) continue;
      const size = this.unit * (node.isAsked ? edge.width < 420 ? 12 : 13.5 : Math.min(Math.max(11 * zoom / this.unit, 9.5), 12.5));
      context.font = `${(node.isAsked && !isFaint) || isForced ? "600 " : ""}${size}px system-ui, "DejaVu Sans", sans-serif`;
      const text = node.label ?? (node.value.length > 42 ? `${node.value.slice(0, 40)}…` : node.value);
      const width = context.measureText(text).width;
      const gap = node.isAsked ? 6 : 3;
      // Below, above, right, left: the first that is free, and inside the picture.
      const boxes = [[x, y + radius + gap], [x, y - radius - gap - size], [x + radius + gap + 2 + width / 2, y - size / 2], [x - radius - gap - 2 - width / 2, y - size / 2]]
        .map(([at, over]) => {
          const top = Math.max(Math.min(over, edge.height - size - 4), 2);
          const middle = Math.min(Math.max(at, width / 2 + 6), Math.max(edge.width - width / 2 - 6, width / 2 + 6));
          return { middle, left: middle - width / 2 - 2, right: middle + width / 2 + 2, top, bottom: top + size + 3 };
        });
      let box = boxes.find(isFree);
      if (!box && !isForced && (!node.isAsked || isFaint)) continue;
      box ??= boxes.find((other) => !labels.some((label) => meets(other, label))) ?? boxes[0];
      labels.push(box);
      const { middle, top } = box;
      take(box);
      context.lineWidth = 3.5 * this.unit;
      context.strokeStyle = this.colors.ground;
      context.strokeText(text, middle, top);
      context.fillStyle = (node.isAsked && !isFaint) || isForced ? this.colors.text : this.colors.soft;
      context.fillText(text, middle, top);
    }
  },

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
});

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
