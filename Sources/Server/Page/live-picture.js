// A canvas that shows one tap live: no larger than it is drawn, and only while somebody can see it.

import { now } from "./age-clock.js";
import { pictureAddress } from "./api.js";
import { wantedSize } from "./picture-size.js";

export class LivePicture {
  /** The canvas; its size is the style sheet's business. */
  canvas = document.createElement("canvas");
  /** What is drawn: `captured` is milliseconds by the server's clock, width and height its pixels; null before the first. */
  frame = null;
  /** When it was drawn, by `now()`. */
  drawnAt = null;
  /** Since when it is looked at, by `now()`; null while it is not. */
  lookedAtSince = null;
  /** Since when it is held still, by `now()`; null while it is not. */
  pausedAt = null;
  /** What was measured of late; null before the first picture. */
  numbers = null;
  /** What the server last said of this tap's channel besides pictures; null when that is past. */
  notice = null;

  #pictures;
  #id;
  #instance;
  #tap;
  #changed;
  #highestRate;
  #wantsEach = false;
  /** What the engine was told last, as JSON. */
  #asked = "";
  #isLive = false;
  #isInView = false;
  #zoom = 1;
  #source = { width: 0, height: 0 };
  #stopListening = new AbortController();
  #inView = new IntersectionObserver((entries) => {
    this.#isInView = entries.at(-1).isIntersecting;
    this.lookAgain();
  }, { rootMargin: "100px" });
  #resizing = 0;
  #resized = new ResizeObserver(() => {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => this.#askAnew(), 150);
  });

  /**
   * @param {{changed?: () => void, highestRate?: number}} options `changed` is told when there is something new to be said
   *   about it; the rate is in pictures a second
   */
  constructor(pictures, instance, tap, { changed = () => {}, highestRate } = {}) {
    this.#pictures = pictures;
    this.#instance = instance;
    this.#tap = tap;
    this.#changed = changed;
    this.#highestRate = highestRate;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `Live picture of ${tap}, ${instance}`);
    this.#id = pictures.attach(this, instance, tap);
    document.addEventListener("visibilitychange", () => this.lookAgain(), { signal: this.#stopListening.signal });
    this.#inView.observe(this.canvas);
    this.#resized.observe(this.canvas);
  }

  /**
   * @param {boolean} isLive whether new pictures can still come
   * @param {{width: number, height: number}} source size at the tap; 0 while unknown
   */
  update(isLive, source) {
    this.#source = source;
    this.#isLive = isLive;
    this.#askAnew();
  }

  /** To be told of each picture, with what was found in it, not only now and then. */
  askForEach(wanted) {
    if (this.#wantsEach === wanted) return;
    this.#wantsEach = wanted;
    this.#askAnew();
  }

  /** What is drawn larger is asked for larger. */
  set zoom(factor) {
    this.#zoom = factor;
    this.#askAnew();
  }

  /** Whether it is seen may have changed. */
  lookAgain() {
    const isLookedAt = this.#isInView && !document.hidden && !this.#pictures.isCovered(this);
    if (isLookedAt !== (this.lookedAtSince !== null)) this.lookedAtSince = isLookedAt ? now() : null;
    this.#askAnew();
  }

  /** Of the newest picture, in full size. */
  get address() { return pictureAddress(this.#instance, this.#tap, this.#pictures.token); }

  /** What is drawn stays, and nothing new comes. */
  set isPaused(paused) {
    if (paused === this.isPaused) return;
    this.pausedAt = paused ? now() : null;
    this.#askAnew();
    this.#changed();
  }

  get isPaused() { return this.pausedAt !== null; }

  /** Shows the last picture there was, where none comes over the socket. */
  async loadLast() {
    const response = await fetch(this.address, { cache: "no-store" }).catch(() => null);
    const blob = response?.ok ? await response.blob().catch(() => null) : null;
    // What has come over the socket meanwhile is newer.
    if (blob && !this.frame) this.#pictures.paint(this.#id, { blob, captured: Number(response.headers.get("X-Timestamp")) * 1000 });
  }

  /** A copy of what is drawn. @returns {Promise<Blob>} */
  copy() {
    const copy = document.createElement("canvas");
    ({ width: copy.width, height: copy.height } = this.frame);
    copy.getContext("2d").drawImage(this.canvas, 0, 0);
    return new Promise((resolve) => copy.toBlob(resolve, "image/jpeg", 0.95));
  }

  end() {
    this.#changed = () => {};
    clearTimeout(this.#resizing);
    this.#stopListening.abort();
    this.#inView.disconnect();
    this.#resized.disconnect();
    this.#pictures.detach(this.#id);
  }

  #askAnew() {
    const isWanted = this.#isLive && this.lookedAtSince !== null && !this.isPaused;
    const view = isWanted ? { ...this.#size(), ...(this.#highestRate ? { fps: this.#highestRate } : {}) } : null;
    const asked = JSON.stringify([view, this.#wantsEach]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#pictures.want(this.#id, view, this.#wantsEach);
  }

  #size() {
    const scale = devicePixelRatio * this.#zoom;
    return wantedSize({ width: this.canvas.clientWidth * scale, height: this.canvas.clientHeight * scale }, this.#source);
  }

  // MARK: What the engine says

  painted(frame, at) {
    this.frame = frame;
    this.drawnAt = at;
    // Its channel works.
    if (frame.seq !== undefined && this.notice?.type !== "state") this.notice = null;
    this.#changed();
  }

  reported({ frame, at, ...numbers }) {
    this.numbers = numbers;
    if (this.#wantsEach && this.frame) return;
    this.painted(frame, at);
  }

  heard(notice) {
    // How it comes is seen by what comes.
    if (notice.type === "coding" || notice.type === "skipped") return;
    this.notice = notice.type === "subscribed" || (notice.type === "state" && notice.state === "running") ? null : notice;
    this.#changed();
  }
}
