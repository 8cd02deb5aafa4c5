// Where the nodes are: springs along the edges, and nodes that keep each other at a distance.

const layout = {
  /** Side of a cell of the grid in which neighbours are looked for; beyond it nodes do not feel each other. */
  reach: 190,

  /** Gives new nodes a place beside the node that they came with, and lets everything settle. */
  place(nodes, edges, isWide = true) {
    const all = [...nodes];
    const fresh = all.filter((node) => Number.isNaN(node.x));
    const hubs = fresh.filter((node) => !node.parent);
    const isFirst = fresh.length === all.length;
    const children = new Map();
    for (const node of all) if (node.parent) children.set(node.parent, (children.get(node.parent) ?? 0) + 1);
    const size = (hub) => 90 + 17 * Math.sqrt(children.get(hub) ?? 0);
    const around = hubs.reduce((sum, hub) => sum + 2 * size(hub), 0);
    const radius = hubs.length > 1 ? Math.max(around / (2 * Math.PI), 120) : 0;
    let angle = -Math.PI / 2;
    const edge = isFirst ? 0 : Math.max(...all.filter((node) => !Number.isNaN(node.x)).map((node) => Math.hypot(node.x, node.y)));
    for (const hub of hubs) {
      const step = around > 0 ? (2 * size(hub)) / around * 2 * Math.PI : 0;
      angle += step / 2;
      const distance = isFirst ? radius : edge + size(hub);
      hub.x = Math.cos(angle) * distance;
      hub.y = Math.sin(angle) * distance;
      angle += step / 2;
    }
    const turns = new Map();
    for (const node of fresh) {
      if (!node.parent) continue;
      const turn = turns.get(node.parent) ?? 0;
      turns.set(node.parent, turn + 1);
      const distance = 46 + 16 * Math.sqrt(turn);
      const direction = turn * 2.399963 + (node.parent.value.length % 7);
      node.x = (Number.isNaN(node.parent.x) ? 0 : node.parent.x) + Math.cos(direction) * distance;
      node.y = (Number.isNaN(node.parent.y) ? 0 : node.parent.y) + Math.sin(direction) * distance;
    }
    const rounds = all.length > 1500 ? 60 : 220;
    let heat = isFirst ? 1 : 0.5;
    // What has no relation would drift away, and everything else would be drawn smaller.
    const moving = isFirst && edges.length ? all.filter((node) => node.degree) : all;
    for (let round = 0; round < rounds; round += 1) {
      this.tick(moving, edges, heat);
      heat *= 0.982;
    }
    for (const node of all) { node.vx = 0; node.vy = 0; }
    if (isFirst) this.turn(moving, isWide);
    if (moving !== all) this.park(all.filter((node) => !node.degree), moving, isWide);
  },

  /** Turns everything so that its longer side is the picture's. */
  turn(nodes, isWide) {
    const middle = (name) => nodes.reduce((sum, node) => sum + node[name], 0) / Math.max(nodes.length, 1);
    const [x, y] = [middle("x"), middle("y")];
    let [xx, xy, yy] = [0, 0, 0];
    for (const node of nodes) {
      const [dx, dy] = [node.x - x, node.y - y];
      xx += dx * dx; xy += dx * dy; yy += dy * dy;
    }
    const angle = (isWide ? 0 : Math.PI / 2) - Math.atan2(2 * xy, xx - yy) / 2;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (const node of nodes) {
      const [dx, dy] = [node.x - x, node.y - y];
      node.x = dx * cos - dy * sin;
      node.y = dx * sin + dy * cos;
    }
  },

  /** Puts nodes in rows or columns beside the others. */
  park(nodes, others, isWide) {
    const range = (name) => [Math.min(...others.map((node) => node[name])), Math.max(...others.map((node) => node[name]))];
    const [left, right] = range("x");
    const [top, bottom] = range("y");
    const gap = isWide ? 70 : 110;
    const length = Math.max(Math.floor((isWide ? bottom - top : right - left) / gap) + 1, 3);
    nodes.forEach((node, index) => {
      const [along, across] = [(index % length) * gap, 90 + Math.floor(index / length) * (isWide ? 150 : 60)];
      Object.assign(node, isWide ? { x: right + across, y: top + along } : { x: left + along, y: bottom + across });
    });
  },

  /** One step; `heat` is how far nodes may move. */
  tick(nodes, edges, heat) {
    const reach = this.reach;
    const grid = new Map();
    for (const node of nodes) {
      const cell = Math.floor(node.x / reach) * 65536 + Math.floor(node.y / reach);
      const list = grid.get(cell);
      if (list) list.push(node);
      else grid.set(cell, [node]);
    }
    const push = (one, other) => {
      let dx = one.x - other.x;
      let dy = one.y - other.y;
      let square = dx * dx + dy * dy;
      if (square > reach * reach) return;
      if (square < 1) {
        dx = (one.id < other.id ? 1 : -1) * (0.5 + (one.value.length % 3));
        dy = other.value.length % 5 - 2;
        square = 1 + dx * dx + dy * dy;
      }
      const strength = heat * (one.isAsked && other.isAsked ? 5200 : one.isAsked || other.isAsked ? 1500 : 820) / square;
      const limited = Math.min(strength, 3);
      one.vx += dx * limited * 0.1;
      one.vy += dy * limited * 0.1;
      other.vx -= dx * limited * 0.1;
      other.vy -= dy * limited * 0.1;
    };
    for (const [cell, list] of grid) {
      for (let i = 0; i < list.length; i += 1) for (let j = i + 1; j < list.length; j += 1) push(list[i], list[j]);
      for (const next of [cell + 1, cell + 65536, cell + 65537, cell + 65535]) {
        const others = grid.get(next);
        if (others) for (const one of list) for (const other of others) push(one, other);
      }
    }
    for (const { source, target } of edges) {
      const dx = target.x - source.x;
      const dy = target.y - source.y;
      const distance = Math.max(Math.hypot(dx, dy), 1);
      const rank = Math.max(source.degree, target.degree);
      const ring = (node) => 7.5 * Math.sqrt(node.degree);
      const wanted = source.isAsked && target.isAsked ? 96 + ring(source) + ring(target) : 54 + 7.5 * Math.sqrt(rank);
      const pull = heat * 0.16 * (distance - wanted) / distance / (source.isAsked && target.isAsked ? 3 : Math.max(1, Math.min(source.degree, target.degree)));
      const share = source.degree / (source.degree + target.degree);
      target.vx -= dx * pull * share;
      target.vy -= dy * pull * share;
      source.vx += dx * pull * (1 - share);
      source.vy += dy * pull * (1 - share);
    }
    for (const node of nodes) {
      node.vx -= node.x * 0.0022 * heat;
      node.vy -= node.y * 0.0022 * heat;
      if (!node.isFixed) {
        const speed = Math.hypot(node.vx, node.vy);
        const limit = 24 * heat + 2;
        const scale = speed > limit ? limit / speed : 1;
        node.x += node.vx * scale;
        node.y += node.vy * scale;
      }
      node.vx *= 0.62;
      node.vy *= 0.62;
    }
  },
};
