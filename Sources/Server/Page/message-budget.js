// The server takes so many messages at once, and so many a second: whoever says more is refused.

/** A little less than the server takes, so that a clock that runs fast does no harm. */
const burst = 100;
const perSecond = 16;

export class MessageBudget {
  #left = burst;
  #at = performance.now();

  /** Milliseconds until one more message may be said; 0: now. */
  get wait() {
    const at = performance.now();
    this.#left = Math.min(burst, this.#left + (at - this.#at) / 1000 * perSecond);
    this.#at = at;
    return this.#left >= 1 ? 0 : (1 - this.#left) / perSecond * 1000;
  }

  spend() {
    this.#left -= 1;
  }
}
