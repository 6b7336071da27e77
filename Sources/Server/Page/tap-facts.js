// Numbers of a picture in a row: each has its place, so that none moves when another changes.

import { element, setText } from "./dom.js";

export class TapFacts {
  #parts = ["fps", "age", "rate", "way", "lost"].map((name) => [name, element("span", { class: `fact fact-${name}` })]);
  node = element("p", { class: "tap-facts" }, ...this.#parts.map(([, part]) => part));

  constructor() {
    const titles = { fps: "Pictures drawn a second", age: "From capture to paint; grows when nothing comes", rate: "Received", way: "The camera's own video, decoded here, or pictures that the server makes of it", lost: "Of the pictures that there were, those not drawn" };
    for (const [name, part] of this.#parts) part.title = titles[name];
  }

  /** @param {{fps: string, age: string, rate: string, way: string, lost: string}} facts */
  show(facts) {
    for (const [name, part] of this.#parts) setText(part, facts[name]);
  }
}
