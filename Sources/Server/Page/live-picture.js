// A canvas that shows one tap live: no larger than it is drawn, and only while somebody can see it.

import { TapSocket } from "./tap-socket.js";

/** Sizes asked for are multiples of this many pixels, so that similar pages share one encode. */
const step = 160;

export class LivePicture {
  /** The canvas; its size is the style sheet's business. */
  canvas = document.createElement("canvas");
  /** Whether a picture has been drawn. */
  hasPicture = false;
  /** What was found in the picture that is drawn, in its own pixels; null when nobody looked, or it was not asked for. */
  detections = null;

  // Not a bitmaprenderer: Chromium's shows pictures that Exif turns by a quarter lying, and cut.
  #context = this.canvas.getContext("2d", { alpha: false });
  #socket;
  #drawn;
  #next = null;
  #decoding = false;
  #highestRate;
  #wantsDetections = false;
  /** Until the first update nobody knows what to ask for. */
  #isLive = false;
  #isInView = false;
  #source = { width: 0, height: 0 };
  #asked = { width: 0, height: 0 };
  #stopListening = new AbortController();
  #inView = new IntersectionObserver((entries) => {
    this.#isInView = entries.at(-1).isIntersecting;
    this.#updateDemand();
  }, { rootMargin: "100px" });
  #resized = new ResizeObserver(() => this.#updateDemand());

  /**
   * @param {{drawn?: () => void, highestRate?: number}} options `drawn` is told after each picture, and when the
   *   connection comes or goes; the rate is in pictures a second
   */
  constructor(instance, tap, { drawn = () => {}, highestRate } = {}) {
    this.#drawn = drawn;
    this.#highestRate = highestRate;
    this.#socket = new TapSocket(instance, tap, {
      picture: (blob, detections) => this.#show({ blob, detections }),
      connected: () => this.#drawn(),
    });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `Live picture of ${tap}, ${instance}`);
    document.addEventListener("visibilitychange", () => this.#updateDemand(), { signal: this.#stopListening.signal });
    this.#inView.observe(this.canvas);
    this.#resized.observe(this.canvas);
  }

  /**
   * @param {boolean} isLive whether new pictures can still come
   * @param {{width: number, height: number}} source size at the tap; 0 while unknown
   */
  update(isLive, source) {
    this.#isLive = isLive;
    this.#source = source;
    this.#updateDemand();
  }

  /** Pictures come with what was found in them, in a larger message: asked for only where it is shown. */
  askForDetections(wanted) {
    if (this.#wantsDetections === wanted) return;
    this.#wantsDetections = wanted;
    this.#updateDemand();
  }

  /** Shows a picture that did not come over the socket. */
  async load(address) {
    const response = await fetch(address, { cache: "no-store" }).catch(() => null);
    const blob = response?.ok ? await response.blob().catch(() => null) : null;
    // What has come over the socket meanwhile is newer.
    if (blob && !this.hasPicture) this.#show({ blob, detections: null });
  }

  end() {
    this.#stopListening.abort();
    this.#inView.disconnect();
    this.#resized.disconnect();
    this.#socket.close();
  }

  #updateDemand() {
    if (this.#isLive && this.#isInView && !document.hidden) this.#socket.open(this.#wanted());
    else this.#socket.close();
  }

  #wanted() {
    return {
      ...this.#wantedSize(),
      ...(this.#highestRate ? { fps: this.#highestRate } : {}),
      ...(this.#wantsDetections ? { format: "json" } : {}),
    };
  }

  /** Nothing when the source is no larger than what is drawn: then a camera's own JPEG can pass untouched. */
  #wantedSize() {
    const wanted = (length) => Math.max(step, Math.ceil((length * devicePixelRatio) / step) * step);
    const size = { width: wanted(this.canvas.clientWidth), height: wanted(this.canvas.clientHeight) };
    const { width, height } = this.#source;
    if (width > 0 && width <= size.width && height <= size.height) return {};
    // A little smaller than before is no reason to ask anew.
    const fits = (side) => size[side] <= this.#asked[side] && size[side] > this.#asked[side] / 2;
    if (!fits("width") || !fits("height")) this.#asked = size;
    return this.#asked;
  }

  /** Decodes one picture at a time; of those that come meanwhile only the newest is kept. */
  async #show(picture) {
    this.#next = picture;
    if (this.#decoding) return;
    this.#decoding = true;
    while (this.#next) {
      const newest = this.#next;
      this.#next = null;
      const bitmap = await createImageBitmap(newest.blob).catch(() => null);
      if (!bitmap) continue;
      // The canvas has the picture's own shape, so that the style sheet can fit it.
      if (this.canvas.width !== bitmap.width) this.canvas.width = bitmap.width;
      if (this.canvas.height !== bitmap.height) this.canvas.height = bitmap.height;
      this.#context.drawImage(bitmap, 0, 0);
      bitmap.close();
      this.hasPicture = true;
      // What is drawn over a picture is drawn with it: boxes are never a frame ahead or behind.
      this.detections = newest.detections;
      this.#drawn();
    }
    this.#decoding = false;
  }
}
