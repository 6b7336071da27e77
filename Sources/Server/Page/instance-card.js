// One instance: its name and state, what is wrong with it, its taps, and the buttons that stop it or start it again.

import { restart, stop } from "./api.js";
import { CameraPanel } from "./camera-panel.js";
import { announce, arrange, element, setText } from "./dom.js";
import { count, instant, nextTry, reason, span, stateName } from "./format.js";
import { InstanceGraph } from "./instance-graph.js";
import { segmented } from "./segmented.js";
import { TapView } from "./tap-view.js";

/** What a source's `warnings` say. */
const warningNames = { interlaced: "interlaced pictures", high_dynamic_range: "high dynamic range, tone-mapped", no_keyframe: "keyframes far apart" };

export class InstanceCard {
  #pictures;
  #store;
  #instance;
  #taps = new Map();
  #state = element("span", { class: "state" });
  #facts = element("p", { class: "instance-facts quiet" });
  #trouble = element("p", { class: "trouble" });
  #grid = element("div", { class: "taps" });
  /** Stands in for the tiles while it is looked at, so that no picture comes twice. */
  #graph = null;
  #metrics = {};
  #buttons;
  /** What opens a camera's controls, by its source. */
  #cameras = new Map();
  #stop;
  /** Only where it has ended. */
  #again;
  /** Which request's answer is waited for. */
  #asking = null;
  /** Why it could not be stopped or started. */
  #failure = "";
  node;

  constructor(pictures, store, instance) {
    this.#pictures = pictures;
    this.#store = store;
    this.#instance = instance;
    this.#stop = element("button", {
      class: "button", type: "button",
      onclick: () => this.#ask(stop, "It could not be stopped", (error) => error.status === 404),
    });
    this.#again = element("button", {
      class: "button", type: "button", text: "Start again", hidden: true, "aria-label": `Start again ${instance.id}`,
      onclick: () => this.#ask(restart, "It could not be started"),
    });
    this.#buttons = element("div", { class: "instance-buttons" }, this.#again, this.#stop);
    this.node = element(
      "article", { class: "instance", id: `instance-${instance.id}`, "aria-label": `Instance ${instance.id}` },
      element(
        "header", { class: "instance-head" },
        element("h3", { text: instance.id, title: instance.id }),
        this.#state, this.#facts,
        segmented(`View of ${instance.id}`, { pictures: "Pictures", graph: "Graph" }, (view) => this.#show(view)),
        this.#buttons),
      this.#trouble, this.#grid);
  }

  /** @param {Object<string, Object>} taps metrics of the instance's taps by tap id */
  update(instance, taps) {
    this.#instance = instance;
    this.#failure = "";
    const ended = instance.state === "completed" || instance.state === "failed";
    setText(this.#stop, ended ? "Remove" : "Stop");
    this.#stop.setAttribute("aria-label", `${this.#stop.textContent} ${instance.id}`);
    // The keyboard goes on beside a button that goes away.
    if (!ended && document.activeElement === this.#again) this.#stop.focus();
    this.#again.hidden = !ended;
    this.#offerControls();

    this.#metrics = taps;
    if (this.#graph) this.#graph.update(instance, taps);
    else this.#updateTiles();
    this.tick();
  }

  /** What changes with time alone. */
  tick() {
    const { plan, state, since: start, restarts, sources } = this.#instance;
    // Nobody knows what becomes of it while the server does not say so.
    const isUnknown = this.#pictures.link.isOpen === false;
    setText(this.#state, isUnknown ? "Unknown" : stateName(state));
    this.#state.dataset.state = isUnknown ? "unknown" : state;
    this.#stop.disabled = isUnknown || this.#asking === stop || state === "stopping";
    // One that is disabled would lose the keyboard to nobody.
    this.#again.setAttribute("aria-disabled", String(isUnknown || this.#asking !== null));

    const began = instant(start);
    const duration = began === null || isUnknown ? null : this.#pictures.clock.since(began);
    setText(this.#facts, [
      plan && plan !== this.#instance.id ? plan : null,
      isUnknown ? `last known as ${stateName(state).toLowerCase()}` : null,
      duration === null ? null : `for ${span(Math.floor(Math.max(0, duration) / 1000) * 1000).replace(".0", "")}`,
      restarts > 0 ? count(restarts, "restart", "restarts") : null,
      ...new Set((sources ?? []).flatMap(({ warnings }) => warnings ?? []).map((one) => warningNames[one] ?? one)),
    ].filter(Boolean).join(" · "));

    const text = isUnknown ? "" : this.#troubleText();
    setText(this.#trouble, text);
    this.#trouble.hidden = text === "";
    for (const view of this.#taps.values()) view.tick();
    this.#graph?.tick();
  }

  end() {
    this.#endTiles();
    this.#graph?.end();
    this.node.remove();
  }

  #offerControls() {
    const { id, sources = [] } = this.#instance;
    const cameras = sources.filter(({ device }) => device);
    arrange(this.#buttons, [...cameras.map(({ name }) => {
      if (!this.#cameras.has(name)) {
        this.#cameras.set(name, element("button", {
          class: "button", type: "button", "aria-label": `Controls of ${name}, ${id}`,
          onclick: () => CameraPanel.open(id, this.#instance.sources.find((source) => source.name === name)),
        }));
      }
      const button = this.#cameras.get(name);
      setText(button, cameras.length > 1 ? `Controls of ${name}` : "Controls");
      return button;
    }), this.#again, this.#stop]);
  }

  #show(view) {
    this.#graph?.end();
    this.#graph?.node.remove();
    this.#graph = null;
    this.#grid.hidden = view === "graph";
    if (view === "graph") {
      this.#endTiles();
      this.#graph = new InstanceGraph(this.#pictures, this.#store, this.#instance);
      this.node.append(this.#graph.node);
      this.#graph.update(this.#instance, this.#metrics);
    } else {
      this.#updateTiles();
    }
  }

  #updateTiles() {
    const instance = this.#instance;
    for (const [id, view] of this.#taps) {
      if (instance.taps.includes(id)) continue;
      view.end();
      this.#taps.delete(id);
    }
    arrange(this.#grid, instance.taps.map((id) => {
      if (!this.#taps.has(id)) this.#taps.set(id, new TapView(this.#pictures, this.#store, instance.id, id));
      const view = this.#taps.get(id);
      view.update(instance, this.#metrics[id] ?? null);
      return view.node;
    }));
  }

  #endTiles() {
    for (const view of this.#taps.values()) view.end();
    this.#taps.clear();
  }

  #troubleText() {
    const { state, reason: code, message, next_retry_at: retry, sources = [], branches = [] } = this.#instance;
    const sentences = [this.#failure];
    if (state === "stalled" || state === "retrying" || state === "failed") {
      sentences.push([code ? reason(code) : null, message].filter(Boolean).join(": "));
      if (state === "retrying" && retry) sentences.push(this.#nextTry(retry));
    }
    if (state === "running") {
      for (const source of sources) {
        if (source.state !== "retrying") continue;
        sentences.push([`Source ${source.name} is being retried`, source.reason ? reason(source.reason) : null, source.message].filter(Boolean).join(": "));
        if (source.next_retry_at) sentences.push(this.#nextTry(source.next_retry_at));
      }
    }
    for (const branch of branches) {
      const why = branch.reason ?? "no reason given";
      if (branch.state === "failed") sentences.push(`Branch ${branch.name} has failed: ${why}`);
      if (branch.state === "retrying") sentences.push(`Branch ${branch.name} is tried again: ${why}`);
    }
    return sentences.filter(Boolean).map((sentence) => sentence.replace(/[.\s]+$/, "") + ".").join(" ");
  }

  #nextTry(at) {
    return nextTry(-this.#pictures.clock.since(instant(at)));
  }

  /**
   * @param {(id: string) => Promise} request
   * @param {string} failing what is said where it fails
   * @param {(error: Error) => boolean} isFine an error that is none
   */
  async #ask(request, failing, isFine = () => false) {
    if (this.#asking) return;
    this.#asking = request;
    this.tick();
    try {
      await request(this.#instance.id);
    } catch (error) {
      if (!isFine(error)) {
        this.#failure = `${failing}: ${error.message}`;
        announce(this.#failure);
      }
    }
    this.#asking = null;
    this.tick();
  }
}
