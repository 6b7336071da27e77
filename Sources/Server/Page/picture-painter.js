// Draws one tap's pictures on a canvas, in a worker or in the page: one at a time, and of those that wait the newest.

import { now } from "./age-clock.js";

export class PicturePainter {
  // Not a bitmaprenderer: Chromium's shows pictures that Exif turns by a quarter lying, and cut.
  #canvas;
  #context;
  #painted;
  #dropped;
  #next = null;
  #isDecoding = false;

  /**
   * @param {{painted: (frame: Object, at: number) => void, dropped: (frame: Object, isBroken: boolean) => void}} handlers told
   *   after each picture, and when that was, by `now()`, or of one that came and will never be drawn
   */
  constructor(canvas, { painted, dropped }) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#painted = painted;
    this.#dropped = dropped;
  }

  /** @param {{blob: Blob}} frame */
  async show(frame) {
    if (this.#next) this.#dropped(this.#next, false);
    this.#next = frame;
    if (this.#isDecoding) return;
    this.#isDecoding = true;
    while (this.#next) {
      const newest = this.#next;
      this.#next = null;
      const bitmap = await createImageBitmap(newest.blob).catch(() => null);
      if (bitmap) this.#draw(bitmap, newest);
      else this.#dropped(newest, true);
    }
    this.#isDecoding = false;
  }

  /** Draws a picture that is decoded. @param {VideoFrame|ImageBitmap} picture closed then */
  draw(picture, frame) {
    this.#draw(picture, frame, picture.displayWidth ?? picture.width, picture.displayHeight ?? picture.height);
  }

  #draw(bitmap, frame, width = bitmap.width, height = bitmap.height) {
    // The canvas has the picture's own shape, so that the style sheet can fit it.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.#painted({ ...frame, width, height }, now());
  }
}
