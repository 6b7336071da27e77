// A tap's tile: its live picture, its name and what is known of it. Pressing it enlarges the picture.

import { pictureAddress } from "./api.js";
import { element, setText } from "./dom.js";
import { count } from "./format.js";
import { LivePicture } from "./live-picture.js";
import { enlarge } from "./tap-dialog.js";
import { facts, isLive, note } from "./tap-facts.js";

export class TapView {
  #instance;
  #tap;
  #metrics = null;
  #picture;
  #note = element("span", { class: "screen-note" });
  #facts = element("span", { class: "tap-facts" });
  #viewers = element("span", { class: "tap-viewers" });
  #askedForLast = false;
  node;

  constructor(instance, tap) {
    this.#instance = instance;
    this.#tap = tap;
    this.#picture = new LivePicture(instance.id, tap, { drawn: () => this.#describe() });
    this.node = element(
      "figure", { class: "tap" },
      element(
        "button", {
          class: "screen", type: "button", "aria-label": `Enlarge ${tap}, ${instance.id}`,
          onclick: () => enlarge(this.#instance, tap, () => ({ instance: this.#instance, metrics: this.#metrics })),
        },
        this.#picture.canvas, this.#note),
      element(
        "figcaption", {},
        element("span", { class: "tap-name", text: tap, title: tap }),
        this.#viewers, this.#facts));
  }

  update(instance, metrics) {
    this.#instance = instance;
    this.#metrics = metrics;
    const live = isLive(instance.state);
    this.#picture.update(live, { width: metrics?.width ?? 0, height: metrics?.height ?? 0 });
    if (!live && !this.#picture.hasPicture && !this.#askedForLast) {
      this.#askedForLast = true;
      this.#picture.load(pictureAddress(instance.id, this.#tap));
    }
    this.#describe();
  }

  end() {
    this.#picture.end();
  }

  #describe() {
    const text = note(this.#metrics, this.#instance, this.#picture.hasPicture);
    setText(this.#note, text);
    this.#note.hidden = text === "";
    this.node.classList.toggle("is-old", this.#instance.state !== "running");
    setText(this.#facts, facts(this.#metrics, this.#instance));
    setText(this.#viewers, count(this.#metrics?.viewers ?? 0, "viewer", "viewers"));
  }
}
