// What was found, as a graph: nodes by type and value, edges by relation.

const typeNames = { domain: "Domain name", ip: "IPv4 address", ipv6: "IPv6 address", email: "E-mail address", group: "Group" };
const filterNames = { domain: "Domains", ip: "IPv4", ipv6: "IPv6", email: "E-mail" };
const typeOrder = ["domain", "ip", "ipv6", "email"];
/** Related values of one sighting that are shown before the others are a group. */
const groupLimit = 60;

const model = {
  nodes: new Map(),
  edges: [],
  sightings: [],
  links: [],
  notices: [],
  asked: new Map(),
  queries: null,
  opened: new Set(),
  hiddenTypes: new Set(),

  key(type, value) { return `${type} ${value.toLowerCase()}`; },

  clear() {
    this.nodes.clear();
    this.asked.clear();
    this.opened.clear();
    this.edges = [];
    this.sightings = [];
    this.links = [];
    this.notices = [];
    this.queries = null;
  },

  /** Adds an answer of the server's. */
  add(answer) {
    for (const observable of answer.observables) this.asked.set(this.key(observable.type, observable.value), observable);
    for (const sighting of answer.sightings) {
      sighting.id = this.sightings.length;
      this.sightings.push(sighting);
    }
    for (const link of answer.links) if (!this.links.some((other) => other.url === link.url)) this.links.push(link);
    for (const notice of answer.errors) {
      if (!this.notices.some((other) => other.message === notice.message && other.code === notice.code)) this.notices.push(notice);
    }
    if (typeof answer.queries === "number") this.queries = (this.queries ?? 0) + answer.queries;
    this.rebuild();
  },

  node(type, value) {
    const id = this.key(type, value);
    let node = this.nodes.get(id);
    if (!node) {
      node = { id, type, value, x: NaN, y: NaN, vx: 0, vy: 0, degree: 0, isAsked: false, isFixed: false, parent: null };
      this.nodes.set(id, node);
    }
    return node;
  },

  /** Makes nodes and edges of what is to be seen; nodes that were there keep their places. */
  rebuild() {
    const before = this.nodes;
    this.nodes = new Map();
    this.edges = [];
    const seen = new Set();
    const shows = (type) => !this.hiddenTypes.has(type);
    const take = (type, value) => {
      const node = this.node(type, value);
      const old = before.get(node.id);
      if (old && Number.isNaN(node.x)) Object.assign(node, { x: old.x, y: old.y, isFixed: old.isFixed });
      return node;
    };
    const connect = (source, target, relation, sighting) => {
      const id = `${source.id}|${target.id}|${relation}`;
      if (seen.has(id)) return;
      seen.add(id);
      this.edges.push({ source, target, relation, sighting });
      source.degree += 1;
      target.degree += 1;
    };
    for (const { type, value } of this.asked.values()) {
      if (shows(type)) take(type, value).isAsked = true;
    }
    for (const sighting of this.sightings) {
      if (!shows(sighting.observable.type)) continue;
      const hub = take(sighting.observable.type, sighting.observable.value);
      hub.isAsked = true;
      const all = sighting.related.filter((other) => shows(other.type));
      const isOpen = this.opened.has(sighting.id) || all.length <= groupLimit;
      const shown = isOpen ? all : all.filter((other, index) => index < groupLimit || this.asked.has(this.key(other.type, other.value)));
      for (const other of shown) {
        const node = take(other.type, other.value);
        if (!node.isAsked) node.parent = node.parent ?? hub;
        if (other.is_source) connect(node, hub, sighting.relation, sighting);
        else connect(hub, node, sighting.relation, sighting);
      }
      if (shown.length < all.length) {
        const group = take("group", `+${all.length - shown.length} more of ${sighting.id}`);
        group.label = `+${all.length - shown.length} more`;
        group.sighting = sighting;
        group.parent = hub;
        connect(hub, group, sighting.relation, sighting);
      }
    }
  },

  /** Everything that is said of a value: the sightings that are of it, and the rows that it is in. */
  about(node) {
    const of = this.sightings.filter((sighting) => this.key(sighting.observable.type, sighting.observable.value) === node.id);
    const rows = [];
    for (const sighting of this.sightings) {
      const related = sighting.related.find((other) => this.key(other.type, other.value) === node.id);
      if (related) rows.push({ sighting, related });
    }
    return { of, rows };
  },

  cell(sighting, related, name) {
    const index = sighting.columns.indexOf(name);
    return index < 0 ? null : related.cells[index] ?? null;
  },

  count(type) {
    const values = new Set();
    for (const observable of this.asked.values()) if (observable.type === type) values.add(observable.value.toLowerCase());
    for (const sighting of this.sightings) {
      for (const other of sighting.related) if (other.type === type) values.add(other.value.toLowerCase());
    }
    return values.size;
  },
};

/** An element with its attributes and children; text is always text. */
function element(name, attributes = {}, ...children) {
  const isSVG = ["svg", "g", "line", "rect", "text", "circle", "path", "title", "defs", "pattern"].includes(name);
  const made = isSVG ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function byId(id) { return document.getElementById(id); }

/** The value of a colour of the style sheet's. */
function color(name) { return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); }

function download(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function plural(count, one, many = `${one}s`) { return `${count.toLocaleString("en")} ${count === 1 ? one : many}`; }
