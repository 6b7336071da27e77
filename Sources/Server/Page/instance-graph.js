// The graph of a running instance: each tap's live picture on its node, times on stages, the state of branches.

import { instanceGraph } from "./api.js";
import { CameraPanel } from "./camera-panel.js";
import { element } from "./dom.js";
import { microseconds } from "./format.js";
import { GraphView } from "./graph-view.js";
import { StagePanel } from "./stage-panel.js";
import { enlarge } from "./tap-dialog.js";
import { TapScreen } from "./tap-screen.js";

/** Pictures on nodes are small, and there can be many of them. */
const highestRate = 10;

export class InstanceGraph {
  #pictures;
  #store;
  #view = new GraphView({ isLive: true });
  #instance;
  #metrics = {};
  #graph = null;
  /** What the graph was asked for: the plan of an id can be replaced, which restarts it. */
  #shape = "";
  #taps = new Map();
  /** Sources whose camera's controls are offered. */
  #cameras = new Set();
  #hasEnded = false;
  node = this.#view.node;

  constructor(pictures, store, instance) {
    this.#pictures = pictures;
    this.#store = store;
    this.#instance = instance;
  }

  update(instance, metrics) {
    this.#instance = instance;
    this.#metrics = metrics;
    const shape = JSON.stringify([instance.plan, instance.parameters, instance.taps, instance.state === "starting"]);
    if (shape !== this.#shape) this.#load(shape);
    this.#describe();
  }

  /** What changes with time alone. */
  tick() {
    for (const screen of this.#taps.values()) screen.tick();
  }

  end() {
    this.#hasEnded = true;
    this.#takeDown();
  }

  #takeDown() {
    for (const screen of this.#taps.values()) screen.end();
    this.#taps.clear();
    this.#cameras.clear();
  }

  async #load(shape) {
    this.#shape = shape;
    const { id } = this.#instance;
    // What fails is asked for again with the next update.
    const graph = await instanceGraph(id).catch(() => null);
    if (this.#hasEnded || shape !== this.#shape) return;
    if (!graph) {
      this.#shape = "";
      return;
    }
    // The same plan again: what is drawn stays, and nothing flickers.
    if (JSON.stringify(graph) === JSON.stringify(this.#graph)) return;
    this.#takeDown();
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
    const over = element("button", {
      class: "graph-tap", type: "button", "aria-label": `Enlarge ${tap}, ${id}`,
      onclick: () => enlarge(this.#pictures, this.#store, id, tap),
    });
    const screen = new TapScreen(this.#pictures, id, tap, {
      highestRate, boxes: false,
      // There is little room: that the picture is old shows, the rest is said to whoever rests on it.
      described: ({ status, picture }) => {
        const title = [status.note, status.next].filter(Boolean).join(" · ");
        if (over.title !== title) over.title = title;
        screen.note.classList.toggle("is-short", picture.frame !== null);
      },
    });
    over.append(element("span", { class: "graph-screen" }, screen.stage, screen.note));
    this.#taps.set(tap, screen);
    this.#view.cover(tap, over);
  }

  #offerOptions(stage) {
    const { id } = this.#instance;
    this.#view.cover(stage, element("button", {
      class: "graph-stage", type: "button", "aria-label": `Options of ${stage}, ${id}`, title: `Options of ${stage}`,
      onclick: () => StagePanel.open(id, this.#instance.stages.find(({ name }) => name === stage)),
    }));
  }

  /** What takes a camera is known when a worker has reported. */
  #offerControls() {
    const { id, sources = [] } = this.#instance;
    for (const { name, device } of sources) {
      if (!device || this.#cameras.has(name)) continue;
      this.#cameras.add(name);
      this.#view.cover(name, element("button", {
        class: "graph-camera", type: "button", "aria-label": `Controls of ${name}, ${id}`, title: `Controls of ${name}`,
        onclick: () => CameraPanel.open(id, this.#instance.sources.find((source) => source.name === name)),
      }));
    }
  }

  #describe() {
    if (!this.#graph) return;
    this.#offerControls();
    for (const [tap, screen] of this.#taps) screen.update(this.#instance, this.#metrics[tap] ?? null);
    for (const { name, p50_us: p50, p99_us: p99 } of this.#instance.stages) this.#view.say(name, `p50 ${microseconds(p50)} · p99 ${microseconds(p99)}`);
    for (const branch of this.#instance.branches) {
      const text = [`Branch ${branch.name}: ${branch.state}`, branch.reason].filter(Boolean).join("\n");
      for (const id of segment(this.#graph, branch.name)) this.#view.say(id, text, branch.state);
    }
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
