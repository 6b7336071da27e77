// Which taps stand on a wall: all there are to be ticked, by instance.

import { element } from "./dom.js";

export class WallChoice {
  #store;
  #chosen;
  #taps = [];
  #list = element("div", { class: "wall-choice-list" });
  #shown = "";
  node = element("details", { class: "wall-choice" }, element("summary", { class: "button button-small", text: "Pictures" }), this.#list);

  /** @param {(taps: string[][]) => void} chosen */
  constructor(store, chosen) {
    this.#store = store;
    this.#chosen = chosen;
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.node.open) return;
      this.node.open = false;
      this.node.querySelector("summary").focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.node.contains(event.target)) this.node.open = false;
    });
  }

  /** @param {string[][]} taps those on the wall */
  update(taps) {
    this.#taps = taps;
    const on = new Set(taps.map((one) => one.join("/")));
    const there = this.#store.instancesById.flatMap(({ id, taps: all }) => all.map((tap) => [id, tap]));
    const shown = JSON.stringify([there, [...on]]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement?.name;
    this.#list.replaceChildren(...there.map((one) => this.#line(one, on.has(one.join("/")))));
    if (focused && this.node.open) this.#list.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
  }

  #line([instance, tap], isOn) {
    const box = element("input", {
      type: "checkbox", name: `${instance}/${tap}`, checked: isOn, onchange: () => {
        const others = this.#taps.filter((one) => one[0] !== instance || one[1] !== tap);
        this.#chosen(box.checked ? [...others, [instance, tap]] : others);
      },
    });
    return element("label", { class: "switch" }, box, `${instance} / ${tap}`);
  }
}
