// A plan's graph as a drawing: idle, or with what a running instance says of its nodes.

import { element, svg } from "./dom.js";
import { layout } from "./graph-layout.js";
import { box, drawNode, roles, shape } from "./graph-node.js";
import { pannable } from "./pan.js";

const margin = 6;
/** A drawing that is a little too wide is made smaller; one that would become too small to read is scrolled instead. */
const smallestScale = 0.8;

export class GraphView {
  #scroll = element("div", { class: "graph-scroll", role: "group", tabindex: "0" });
  #legend = element("ul", { class: "graph-legend", "aria-hidden": "true" });
  #places = new Map();
  #drawn = new Map();
  #sheet = null;
  #size = { width: 0, height: 0 };
  #isLive;
  node = element("div", { class: "graph" }, this.#scroll, this.#legend);

  /** @param {{isLive?: boolean}} options live: taps have room for their pictures, stages for their times */
  constructor({ isLive = false } = {}) {
    this.#isLive = isLive;
    pannable(this.#scroll);
    new ResizeObserver(() => this.#fit()).observe(this.#scroll);
  }

  /** @param {{nodes: Object[], edges: Object[]}} graph of the API */
  show({ nodes, edges }, name) {
    const boxes = new Map(nodes.map((node) => [node.id, box(node, this.#isLive)]));
    const plan = layout(
      nodes.map((node) => ({ id: node.id, isSide: node.role === "tap", ...boxes.get(node.id) })), edges);
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const width = plan.width + 2 * margin;
    const height = plan.height + 2 * margin;
    this.#places = new Map(nodes.map(({ id }) => [id, { ...boxes.get(id), ...plan.places.get(id) }]));
    this.#drawn = new Map(nodes.map((node) => [
      node.id, drawNode(node, boxes.get(node.id), plan.places.get(node.id), this.#isLive)]));
    const drawing = svg(
      "svg", { class: "graph-drawing", viewBox: `${-margin} ${-margin} ${width} ${height}` },
      ...plan.routes.flatMap((route) => line(route, byId.get(route.edge.target))),
      ...[...this.#drawn.values()].map(({ node }) => node));
    this.#sheet = element("div", { class: "graph-sheet" }, drawing);
    this.#size = { width, height };
    this.#fit();
    this.#scroll.replaceChildren(this.#sheet);
    this.#scroll.setAttribute("aria-label", `Graph of ${name}: ${nodes.length} nodes, ${edges.length} links`);
    this.#explain(new Set(nodes.map(({ role }) => role)));
  }

  /** Lays an HTML element over a node, exactly, at any scale. */
  cover(id, over) {
    const place = this.#places.get(id);
    if (!place) return;
    const { width, height } = this.#size;
    over.style.left = `${(place.x + margin) / width * 100}%`;
    over.style.top = `${(place.y + margin) / height * 100}%`;
    over.style.width = `${place.width / width * 100}%`;
    over.style.height = `${place.height / height * 100}%`;
    this.#sheet.append(over);
  }

  /** Writes what a running instance says of a node. */
  say(id, text, state) {
    this.#drawn.get(id)?.say(text, state);
  }

  #fit() {
    if (!this.#sheet) return;
    const { width, height } = this.#size;
    const scale = this.#scroll.clientWidth / width;
    const shown = scale < 1 && scale >= smallestScale ? scale : 1;
    this.#sheet.style.width = `${width * shown}px`;
    this.#sheet.style.height = `${height * shown}px`;
  }

  #explain(used) {
    this.#legend.replaceChildren(...Object.keys(roles).filter((role) => used.has(role)).map((role) => element(
      "li", {},
      svg(
        "svg", { class: `graph-node is-${role}`, width: 28, height: 16, viewBox: "-1 -1 30 18", focusable: "false" },
        ...shape(role, 28, 16)),
      roles[role])));
  }
}

/** An edge: straight out of its node, curved between the columns, with a head where it ends. */
function line({ edge, points }, target) {
  const kind = target.role === "tap" ? "graph-edge is-side" : "graph-edge";
  const [, ...rest] = points;
  let path = `M${points[0].join(" ")}`;
  rest.forEach(([x, y], index) => {
    const [fromX, fromY] = rest[index - 1] ?? points[0];
    if (index % 2 === 0) path += `H${x}`;
    else path += fromY === y ? `H${x}` : `C${(fromX + x) / 2} ${fromY} ${(fromX + x) / 2} ${y} ${x} ${y}`;
  });
  const [endX, endY] = points.at(-1);
  const pads = [edge.source_pad, edge.target_pad].some(Boolean)
    ? svg("title", { text: `${edge.source_pad ?? ""} → ${edge.target_pad ?? ""}`.trim() }) : null;
  return [
    svg("path", { class: kind, d: path }, pads),
    svg("path", { class: "graph-head", d: `M${endX} ${endY}l-7 -4v8z` }),
  ];
}
