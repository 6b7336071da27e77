// Says to those who listen what becomes of instances: once, however often a camera is tried again.

import { announce } from "./dom.js";
import { reason, stateName } from "./format.js";

/** On the way to another state: what comes of it is said then. */
const passing = new Set(["starting", "idle", "stopping"]);

export class StateAnnouncer {
  #store;
  /** What was said last, by id. */
  #said = new Map();

  constructor(store) {
    this.#store = store;
    store.listen((ids) => this.#update(ids));
  }

  #update(ids) {
    const news = [...ids].map((id) => this.#news(id, this.#store.instance(id))).filter(Boolean);
    if (news.length > 0) announce(news.slice(0, 3).join(", ") + (news.length > 3 ? `, and ${news.length - 3} more` : ""));
  }

  #news(id, instance) {
    const before = this.#said.get(id);
    if (!instance) return this.#said.delete(id) ? `${id} removed` : null;
    if (passing.has(instance.state) && before !== undefined) return null;
    this.#said.set(id, instance.state);
    // What is there when the page opens is read, not told.
    if (before === undefined || before === instance.state) return null;
    return `${id}: ${[stateName(instance.state), instance.reason ? reason(instance.reason) : null].filter(Boolean).join(", ")}`;
  }
}
