// All instances, newest first, each on its card.

import { arrange, element, setText } from "./dom.js";
import { count } from "./format.js";
import { InstanceCard } from "./instance-card.js";

export class InstanceList {
  #list = document.getElementById("instance-list");
  #summary = document.getElementById("instances-summary");
  #cards = new Map();
  #changed;
  #empty = element(
    "div", { class: "empty" },
    element("p", { class: "empty-title", text: "Nothing is running" }),
    element("p", { text: "Start a plan, and its live pictures appear here." }));

  /** @param {() => void} changed called when a person has changed an instance's state */
  constructor(changed) {
    this.#changed = changed;
    setInterval(() => this.#cards.forEach((card) => card.tick()), 500);
  }

  /** @param {Object<string, Object<string, Object>>} taps metrics by instance and tap */
  update(instances, taps) {
    this.#list.removeAttribute("aria-busy");
    const present = new Set(instances.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (present.has(id)) continue;
      card.end();
      this.#cards.delete(id);
    }
    const newestFirst = (one, other) => other.created_at.localeCompare(one.created_at) || one.id.localeCompare(other.id);
    const nodes = [...instances].sort(newestFirst).map((instance) => {
      const id = instance.id;
      if (!this.#cards.has(id)) this.#cards.set(id, new InstanceCard(instance, this.#changed));
      const card = this.#cards.get(id);
      card.update(instance, taps[id] ?? {});
      return card.node;
    });
    arrange(this.#list, nodes.length > 0 ? nodes : [this.#empty]);
    const viewers = Object.values(taps).flatMap((byTap) => Object.values(byTap))
      .reduce((sum, tap) => sum + (tap.viewers ?? 0), 0);
    setText(this.#summary, instances.length === 0 ? "" :
      `${count(instances.length, "instance", "instances")} · ${count(viewers, "viewer", "viewers")}`);
  }
}
