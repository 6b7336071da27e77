// The graph of a running instance: each tap's live picture on its node, times on stages, the state of branches.

import { instanceGraph, pictureAddress } from "./api.js";
import { element } from "./dom.js";
import { microseconds } from "./format.js";
import { pictureSize } from "./graph-node.js";
import { GraphView } from "./graph-view.js";
import { LivePicture } from "./live-picture.js";
import { StagePanel } from "./stage-panel.js";
import { enlarge } from "./tap-dialog.js";
import { isLive, note } from "./tap-facts.js";

/** Pictures on nodes are small, and there can be many of them. */
const highestRate = 10;

export class InstanceGraph {
  #view = new GraphView({ isLive: true });
  #instance;
  #metrics = {};
  #graph = null;
  /** What the graph was asked for: the plan of an id can be replaced, which restarts it. */
  #shape = "";
  #taps = new Map();
  node = this.#view.node;

  constructor(instance) {
    this.#instance = instance;
  }

  update(instance, metrics) {
    this.#instance = instance;
    this.#metrics = metrics;
    const shape = JSON.stringify([instance.plan, instance.parameters, instance.taps, instance.state === "starting"]);
    if (shape !== this.#shape) this.#load(shape);
    this.#describe();
  }

  end() {
    for (const { picture } of this.#taps.values()) picture.end();
    this.#taps.clear();
  }

  async #load(shape) {
    this.#shape = shape;
    const { id } = this.#instance;
    // What fails is asked for again with the next update.
    const graph = await instanceGraph(id).catch(() => null);
    if (shape !== this.#shape) return;
    if (!graph) {
      this.#shape = "";
      return;
    }
    // The same plan again: what is drawn stays, and nothing flickers.
    if (JSON.stringify(graph) === JSON.stringify(this.#graph)) return;
    this.end();
    this.#graph = graph;
    this.#view.show(graph, id);
    for (const { id: node, role } of graph.nodes) {
      if (role === "tap") this.#hang(node);
      if (role === "stage") this.#offerOptions(node);
    }
    this.#describe();
  }

  #hang(tap) {
    const { id } = this.#instance;
    const picture = new LivePicture(id, tap, { drawn: () => this.#describeTap(tap), highestRate });
    const noteText = element("span", { class: "screen-note" });
    const over = element(
      "button", {
        class: "graph-tap", type: "button", "aria-label": `Enlarge ${tap}, ${id}`,
        onclick: () => enlarge(this.#instance, tap, () => ({ instance: this.#instance, metrics: this.#metrics[tap] ?? null })),
      },
      element("span", { class: "graph-screen" }, picture.canvas, noteText));
    this.#taps.set(tap, { picture, noteText, over, askedForLast: false });
    this.#view.cover(tap, over);
  }

  #offerOptions(stage) {
    const { id } = this.#instance;
    this.#view.cover(stage, element("button", {
      class: "graph-stage", type: "button", "aria-label": `Options of ${stage}, ${id}`, title: `Options of ${stage}`,
      onclick: () => StagePanel.open(id, this.#instance.stages.find(({ name }) => name === stage)),
    }));
  }

  #describe() {
    if (!this.#graph) return;
    for (const tap of this.#taps.keys()) {
      const known = this.#taps.get(tap);
      const { state } = this.#instance;
      const metrics = this.#metrics[tap];
      known.picture.update(isLive(state), { width: metrics?.width ?? 0, height: metrics?.height ?? 0 });
      if (!isLive(state) && !known.picture.hasPicture && !known.askedForLast) {
        known.askedForLast = true;
        known.picture.load(pictureAddress(this.#instance.id, tap, pictureSize));
      }
      this.#describeTap(tap);
    }
    for (const { name, p50_us: p50, p99_us: p99 } of this.#instance.stages) this.#view.say(name, `p50 ${microseconds(p50)} · p99 ${microseconds(p99)}`);
    for (const branch of this.#instance.branches) {
      const text = [`Branch ${branch.name}: ${branch.state}`, branch.reason].filter(Boolean).join("\n");
      for (const id of segment(this.#graph, branch.name)) this.#view.say(id, text, branch.state);
    }
  }

  #describeTap(tap) {
    const { picture, noteText, over } = this.#taps.get(tap);
    const text = note(this.#metrics[tap] ?? null, this.#instance, picture.hasPicture);
    // There is little room: that the picture is old shows, how old is said in the dialog.
    noteText.textContent = picture.hasPicture || text === "" ? "" : "No picture yet";
    noteText.hidden = noteText.textContent === "";
    over.classList.toggle("is-old", this.#instance.state !== "running");
    over.title = text;
  }
}

/** Nodes of the branch that the node of this name stands in: branches are linked by nothing but their own nodes. */
function segment({ nodes, edges }, name) {
  const members = new Set(nodes.filter(({ role }) => role === "branch").map(({ id }) => id));
  const found = new Set(members.has(name) ? [name] : []);
  for (const id of found) {
    for (const { source, target } of edges) {
      if (source === id && members.has(target)) found.add(target);
      if (target === id && members.has(source)) found.add(source);
    }
  }
  return found;
}
