// Pictures side by side and nothing else, in the order and the columns that the address has.

import { arrange, element, setText } from "./dom.js";
import { count } from "./format.js";
import { iconButton } from "./icons.js";
import { TapView } from "./tap-view.js";
import { WallChoice } from "./wall-choice.js";
import { mostColumns, readWall, writeWall } from "./wall-address.js";

/** CSS pixels, as the style sheet has them. */
const gap = 6;
const caption = 26;
const bottom = 18;
const phone = 560;
const narrowest = 120;

export class Wall {
  #pictures;
  #store;
  #layout;
  #tiles = new Map();
  #grid = element("div", { class: "wall-grid" });
  #summary = element("p", { class: "quiet" });
  #choice;
  #columns;
  #empty = element(
    "div", { class: "empty" },
    element("p", { class: "empty-title", text: "No pictures" }),
    element("p", {}, "Choose some of those there are, or ", element("a", { href: "./#plans", text: "start a plan" }), "."));
  node;

  constructor(pictures, store) {
    this.#pictures = pictures;
    this.#store = store;
    this.#layout = readWall(location.search);
    this.#columns = element(
      "select", { onchange: () => this.#change({ columns: Number(this.#columns.value) || null }) },
      element("option", { value: "", text: "Auto" }),
      ...Array.from({ length: mostColumns }, (_, index) => element("option", { value: index + 1, text: String(index + 1) })));
    this.#choice = new WallChoice(store, (taps) => this.#change({ taps }));
    this.node = element(
      "section", { class: "wall", id: "instances", "aria-label": "Wall of pictures", tabindex: "-1" },
      element(
        "div", { class: "wall-tools" }, this.#summary, this.#choice.node,
        element("label", { class: "wall-columns" }, "Columns", this.#columns)),
      this.#grid);
    addEventListener("popstate", () => {
      this.#layout = readWall(location.search) ?? { taps: null, columns: null };
      this.#update();
    });
    new ResizeObserver(() => this.#fit()).observe(this.node);
    addEventListener("resize", () => this.#fit());
    store.listen(() => this.#update());
  }

  /** What changes with time alone. */
  tick() {
    for (const { view } of this.#tiles.values()) view.tick();
  }

  #change(part) {
    this.#layout = { ...this.#layout, ...part };
    history.replaceState(null, "", writeWall(this.#layout));
    this.#update();
  }

  /** What the address names, whether it is there or not: a wall does not lose a camera because it is away. */
  get #taps() {
    return this.#layout.taps ?? this.#store.instancesById.flatMap(({ id, taps }) => taps.map((tap) => [id, tap]));
  }

  #update() {
    const taps = this.#taps;
    const wanted = new Set(taps.map((one) => one.join("/")));
    for (const [key, { view }] of this.#tiles) {
      if (wanted.has(key)) continue;
      view.end();
      this.#tiles.delete(key);
    }
    const nodes = taps.map(([instance, tap]) => {
      const key = `${instance}/${tap}`;
      if (!this.#tiles.has(key)) this.#tiles.set(key, { view: this.#tile(instance, tap) });
      const { view } = this.#tiles.get(key);
      view.update(this.#store.instanceWith(instance, tap), this.#store.metrics(instance, tap));
      return view.node;
    });
    arrange(this.#grid, nodes.length > 0 ? nodes : [this.#empty]);
    this.#columns.value = String(this.#layout.columns ?? "");
    this.#choice.update(taps);
    setText(this.#summary, count(nodes.length, "picture", "pictures"));
    this.#fit();
  }

  #tile(instance, tap) {
    const remove = iconButton("close", `Take ${tap}, ${instance} off the wall`, () => {
      this.#change({ taps: this.#taps.filter((one) => one[0] !== instance || one[1] !== tap) });
      this.node.focus({ preventScroll: true });
    });
    return new TapView(this.#pictures, this.#store, instance, tap, remove);
  }

  /** As many columns as make pictures of 16:9 largest, where nobody has said how many. */
  #fit() {
    const width = this.node.clientWidth;
    const height = innerHeight - this.#grid.getBoundingClientRect().top - scrollY - bottom;
    const { columns, size } = this.#layout.columns === null
      ? bestColumns(Math.max(1, this.#tiles.size), width, height) : { columns: this.#layout.columns, size: width };
    this.#grid.style.setProperty("--columns", columns);
    this.#grid.style.setProperty("--widest", `${columns * (size + gap)}px`);
  }
}

function bestColumns(tiles, width, height) {
  // On a phone a wall is scrolled rather than made of stamps.
  if (width < phone) return { columns: tiles > 8 ? 2 : 1, size: width };
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= Math.min(tiles, mostColumns); columns += 1) {
    const fitting = (height / Math.ceil(tiles / columns) - caption - gap) * 16 / 9;
    const size = Math.min(width / columns - gap, fitting);
    if (size > best.size) best = { columns, size };
  }
  // Too many for the window: then it is scrolled as well.
  return best.size >= narrowest ? best : { columns: Math.max(1, Math.min(mostColumns, Math.floor(width / narrowest))), size: width };
}
