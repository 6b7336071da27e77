// Asks again and again while the page is looked at, and less often while the server is away.

import { BackOff } from "./back-off.js";

export class Refresh {
  #ask;
  #interval;
  #failed;
  #backOff = new BackOff(5_000);
  #timer = 0;
  #asking = false;
  #again = false;

  /**
   * @param {() => Promise<void>} ask
   * @param {number} interval milliseconds between an answer and the next question
   * @param {(error: Error, wait: number) => void} failed told of every failure and of the milliseconds until the next try
   */
  constructor(ask, interval, failed) {
    this.#ask = ask;
    this.#interval = interval;
    this.#failed = failed;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.now();
    });
  }

  /** Asks at once; a question under way is followed by another, so that the answer is never older than this call. */
  async now() {
    clearTimeout(this.#timer);
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    let wait = this.#interval;
    try {
      await this.#ask();
      this.#backOff.reset();
    } catch (error) {
      wait = this.#backOff.next();
      this.#failed(error, wait);
    }
    this.#asking = false;
    if (this.#again) {
      this.#again = false;
      this.now();
    } else if (!document.hidden) {
      this.#timer = setTimeout(() => this.now(), wait);
    }
  }
}
