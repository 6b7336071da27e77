// All instances, newest first, each on its card.

import { arrange, element, setText } from "./dom.js";
import { count } from "./format.js";
import { InstanceCard } from "./instance-card.js";

export class InstanceList {
  #pictures;
  #store;
  #list = document.getElementById("instance-list");
  #summary = document.getElementById("instances-summary");
  #cards = new Map();
  #empty = element(
    "div", { class: "empty" },
    element("p", { class: "empty-title", text: "Nothing is running" }),
    element("p", { text: "Start a plan, and its live pictures appear here." }));

  constructor(pictures, store) {
    this.#pictures = pictures;
    this.#store = store;
    store.listen((ids) => this.#update(ids));
  }

  /** What changes with time alone. */
  tick() {
    this.#summarize();
    for (const card of this.#cards.values()) card.tick();
  }

  #update(ids) {
    this.#list.removeAttribute("aria-busy");
    let isOther = this.#list.children.length === 0 || this.#cards.size === 0;
    for (const id of ids) {
      const instance = this.#store.instance(id);
      if (!instance) {
        const card = this.#cards.get(id);
        if (!card) continue;
        const hadFocus = card.node.contains(document.activeElement);
        card.end();
        this.#cards.delete(id);
        if (hadFocus) document.getElementById("instances").focus({ preventScroll: true });
        isOther = true;
        continue;
      }
      if (!this.#cards.has(id)) {
        this.#cards.set(id, new InstanceCard(this.#pictures, this.#store, instance));
        isOther = true;
      }
      this.#cards.get(id).update(instance, this.#store.taps.get(id) ?? {});
    }
    if (isOther) this.#order();
    this.#summarize();
  }

  #order() {
    const newestFirst = (one, other) => other.created_at.localeCompare(one.created_at) || one.id.localeCompare(other.id);
    const nodes = [...this.#store.instances.values()].sort(newestFirst).flatMap(({ id }) => this.#cards.get(id)?.node ?? []);
    arrange(this.#list, nodes.length > 0 ? nodes : [this.#empty]);
  }

  #summarize() {
    const instances = this.#store.instances.size;
    const viewers = [...this.#store.taps.values()].flatMap((byTap) => Object.values(byTap))
      .reduce((sum, tap) => sum + (tap.viewers ?? 0), 0);
    setText(this.#summary, instances === 0 ? "" :
      `${count(instances, "instance", "instances")} · ${count(viewers, "viewer", "viewers")}`
        + (this.#pictures.link.isOpen === false ? ", as last known" : ""));
  }
}
