// One tap with everything that can be done to its picture, as large as its place allows: enlarged over the page, or in a frame
// of another page.

import { element } from "./dom.js";
import { changeIcon, iconButton } from "./icons.js";
import { focusAgain } from "./modal.js";
import { saveSnapshot } from "./snapshot.js";
import { TapFacts } from "./tap-facts.js";
import { TapScreen } from "./tap-screen.js";
import { Zoom } from "./zoom.js";

export class TapStage {
  screen;
  /** The picture. */
  node;
  /** Buttons and numbers, to be placed beside it. */
  tools;
  #facts = new TapFacts();
  #boxes;
  #pause = iconButton("pause", "Pause (P)", () => this.togglePause());
  #zoom;
  #save;
  /** What had the keyboard before the picture filled the screen. */
  #focused = null;

  /** @param {{isFramed?: boolean}} options whether it stands in a frame of another page */
  constructor(pictures, instance, tap, { isFramed = false } = {}) {
    this.screen = new TapScreen(pictures, instance, tap, { described: () => this.#describe() });
    this.node = element("div", {
      class: "screen", tabindex: "-1", onfullscreenchange: () => this.#fullScreenChanged(),
    }, this.screen.stage, this.screen.note);
    this.#zoom = new Zoom(this.node, this.screen.stage, (factor) => {
      this.screen.picture.zoom = factor;
    }, isFramed);
    this.#save = () => saveSnapshot(instance, tap, this.screen.picture);
    this.#boxes = iconButton("boxes", "Boxes (B)", () => this.#toggleBoxes(), { "aria-pressed": "false", disabled: true });
    this.tools = element(
      "div", { class: "stage-tools" }, this.#facts.node,
      element(
        "span", { class: "tap-actions", role: "group", "aria-label": "Picture" }, this.#pause, this.#boxes,
        iconButton("zoomOut", "Smaller (−)", () => this.#zoom.out()), iconButton("zoomIn", "Larger (+)", () => this.#zoom.in()),
        iconButton("snapshot", "Save a picture (S)", this.#save),
        iconButton("fullScreen", "Full screen (F)", () => this.toggleFullScreen(), { hidden: !document.fullscreenEnabled })));
  }

  update(instance, metrics) {
    this.screen.update(instance, metrics);
  }

  /** @returns {boolean} whether the key meant something */
  key(event) {
    if (event.target.closest?.("input, select, textarea")) return false;
    if (this.#zoom.key(event)) return true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "b" && this.screen.isDetecting) this.#toggleBoxes();
    else if (event.key === "p") this.togglePause();
    else if (event.key === "s") this.#save();
    else if (event.key === "f" && document.fullscreenEnabled) this.toggleFullScreen();
    else return false;
    return true;
  }

  togglePause() {
    this.screen.picture.isPaused = !this.screen.picture.isPaused;
    this.screen.tick();
  }

  toggleFullScreen() {
    if (!document.fullscreenElement) this.#focused = document.activeElement;
    const done = document.fullscreenElement ? document.exitFullscreen() : this.node.requestFullscreen();
    // A browser may say no, for reasons of its own: then everything stays as it is.
    done?.catch(() => {});
  }

  /** What lies outside a full screen loses the keyboard in some browsers, and keys would do nothing. */
  #fullScreenChanged() {
    if (document.fullscreenElement === this.node) this.node.focus();
    else focusAgain(this.#focused);
  }

  end() {
    this.screen.end();
  }

  #toggleBoxes() {
    this.screen.showsBoxes = !this.screen.showsBoxes;
  }

  #describe() {
    const { facts, isDetecting, showsBoxes } = this.screen;
    this.#facts.show(facts);
    const { isPaused } = this.screen.picture;
    changeIcon(this.#pause, isPaused ? "play" : "pause", isPaused ? "Go on (P)" : "Pause (P)");
    this.#boxes.disabled = !isDetecting;
    this.#boxes.setAttribute("aria-pressed", String(showsBoxes));
  }
}
