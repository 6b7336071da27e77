// A tap's live picture with what was found in it and what is wrong with it: in a tile, enlarged, on a node, in a frame.

import { DetectionBoxes } from "./detection-boxes.js";
import { wantsBoxes } from "./detecting.js";
import { element, setText } from "./dom.js";
import { LivePicture } from "./live-picture.js";
import { isLive, pictureFacts, pictureStatus } from "./picture-status.js";

export class TapScreen {
  /** What is zoomed, and what lies still over it. */
  stage = element("span", { class: "stage" });
  note = element("span", { class: "screen-note", hidden: true });
  status = { isOld: false, note: "", next: "" };
  facts = { fps: "", age: "", rate: "", way: "", lost: "" };
  picture;
  /** Whether a stage has looked for anything in this tap's pictures. */
  isDetecting = false;
  #pictures;
  #tap;
  #instance = null;
  #metrics = null;
  #boxes = new DetectionBoxes();
  /** Null: nobody has said. */
  #wantsBoxes;
  #described;
  #hasAskedForLast = false;
  #noteText = element("span", { class: "note-text" });
  #noteNext = element("span", { class: "note-next" });

  /** @param {{described?: () => void, highestRate?: number, boxes?: boolean}} options `described` is told after each look */
  constructor(pictures, instance, tap, { described = () => {}, highestRate, boxes } = {}) {
    this.#pictures = pictures;
    this.#tap = tap;
    this.#described = described;
    this.#wantsBoxes = boxes ?? null;
    this.picture = new LivePicture(pictures, instance, tap, { changed: () => this.#drawn(), highestRate });
    this.stage.append(this.picture.canvas, this.#boxes.node);
    this.note.append(this.#noteText, this.#noteNext);
  }

  /** @param {Object|null} instance null: it is gone @param {Object|null} metrics of the tap */
  update(instance, metrics) {
    // An id that is begun anew may have another plan, and its pictures are others.
    if (instance && this.#instance && instance.created_at !== this.#instance.created_at) this.#hasAskedForLast = false;
    this.#instance = instance;
    this.#metrics = metrics;
    const live = instance !== null && isLive(instance.state);
    this.picture.update(live, { width: metrics?.width ?? 0, height: metrics?.height ?? 0 });
    if (instance && !live && !this.picture.frame && !this.#hasAskedForLast) {
      this.#hasAskedForLast = true;
      this.picture.loadLast();
    }
    this.tick();
  }

  get showsBoxes() { return this.isDetecting && this.#wantsBoxes === true; }

  set showsBoxes(wanted) {
    this.#wantsBoxes = wanted;
    this.picture.askForEach(this.showsBoxes);
    this.#drawBoxes();
    this.tick();
  }

  /** What changes with time alone. */
  tick() {
    this.status = pictureStatus(this.#pictures, this.picture, this.#instance);
    this.facts = pictureFacts(this.#pictures, this.picture, this.status.isOld);
    setText(this.#noteText, this.status.note);
    setText(this.#noteNext, this.status.next);
    this.note.hidden = this.status.note === "";
    this.stage.classList.toggle("is-old", this.status.isOld);
    this.#described(this);
  }

  /** "1280 × 720" of the tap, not of the picture that is drawn of it; empty while unknown. */
  get sourceSize() {
    return this.#metrics?.width > 0 ? `${this.#metrics.width} × ${this.#metrics.height}` : "";
  }

  end() {
    this.#described = () => {};
    this.picture.end();
  }

  #drawn() {
    const { frame, numbers } = this.picture;
    if (!this.isDetecting && (numbers?.isDetecting || frame?.detections)) this.#beginDetecting();
    this.#drawBoxes();
    // Numbers are read twice a second; what is wrong, or no longer wrong, shows at once.
    if (this.status.note !== "" || this.facts.fps === "") this.tick();
  }

  async #beginDetecting() {
    this.isDetecting = true;
    if (this.#wantsBoxes === null && this.#instance) {
      const wanted = await wantsBoxes(this.#instance, this.#tap);
      this.#wantsBoxes ??= wanted;
    }
    this.showsBoxes = this.#wantsBoxes === true;
  }

  #drawBoxes() {
    const { frame } = this.picture;
    if (this.showsBoxes && frame?.detections) this.#boxes.show(frame.detections, frame);
    else if (!this.showsBoxes) this.#boxes.clear();
  }
}
