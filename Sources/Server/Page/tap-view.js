// A tap's tile: its live picture, its name, what is measured of it, and what can be done with it.

import { element } from "./dom.js";
import { iconButton } from "./icons.js";
import { saveSnapshot } from "./snapshot.js";
import { enlarge } from "./tap-dialog.js";
import { TapFacts } from "./tap-facts.js";
import { TapScreen } from "./tap-screen.js";

export class TapView {
  #pictures;
  #store;
  #instance;
  #tap;
  #screen;
  #facts = new TapFacts();
  #boxes;
  node;

  /** @param {Element[]} more further buttons */
  constructor(pictures, store, instance, tap, ...more) {
    this.#pictures = pictures;
    this.#store = store;
    this.#instance = instance;
    this.#tap = tap;
    this.#screen = new TapScreen(pictures, instance, tap, { described: () => this.#describe() });
    const named = (words) => `${words} ${tap}, ${instance}`;
    this.#boxes = iconButton("boxes", named("Boxes on"), () => this.#toggleBoxes(), { "aria-pressed": "false", disabled: true });
    const facts = `facts-${instance}-${tap}`;
    this.#facts.node.id = facts;
    this.#screen.note.id = `note-${instance}-${tap}`;
    this.node = element(
      "figure", { class: "tap", onkeydown: (event) => this.#key(event) },
      element("button", {
        class: "screen", type: "button", "aria-label": named("Enlarge"), "aria-describedby": `${this.#screen.note.id} ${facts}`,
        onclick: () => this.#enlarge(),
      }, this.#screen.stage, this.#screen.note),
      element(
        "figcaption", {},
        element("span", { class: "tap-name", title: `${instance} / ${tap}` },
          element("span", { class: "tap-instance", text: `${instance} ` }), element("span", { text: tap })),
        element(
          "span", { class: "tap-actions" }, this.#boxes,
          iconButton("snapshot", named("Save a picture of"), () => this.#save()),
          iconButton("fullScreen", named("Full screen of"), () => this.#enlarge(true), { hidden: !document.fullscreenEnabled }),
          ...more),
        this.#facts.node));
  }

  /** @param {Object|null} instance null: it is gone */
  update(instance, metrics) {
    if (instance) this.node.classList.toggle("is-only", instance.taps.length === 1);
    this.#screen.update(instance, metrics);
  }

  tick() {
    this.#screen.tick();
  }

  end() {
    this.#screen.end();
  }

  #describe() {
    const { facts, isDetecting, showsBoxes, sourceSize } = this.#screen;
    this.#facts.show(facts);
    this.#boxes.disabled = !isDetecting;
    this.#boxes.setAttribute("aria-pressed", String(showsBoxes));
    if (this.#facts.node.title !== sourceSize) this.#facts.node.title = sourceSize;
  }

  #toggleBoxes() {
    this.#screen.showsBoxes = !this.#screen.showsBoxes;
  }

  #enlarge(isFullScreen = false) {
    enlarge(this.#pictures, this.#store, this.#instance, this.#tap, { isFullScreen });
  }

  #save() {
    saveSnapshot(this.#instance, this.#tap, this.#screen.picture);
  }

  /** The keys of the enlarged view, without opening it. */
  #key({ key, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey) return;
    if (key === "b" && this.#screen.isDetecting) this.#toggleBoxes();
    if (key === "f") this.#enlarge(true);
    if (key === "s") this.#save();
  }
}
