// How long to wait before trying again: 0.5 s, doubling up to a ceiling, a little different for every caller.

export class BackOff {
  #attempts = 0;
  #ceiling;

  constructor(ceiling = 10_000) {
    this.#ceiling = ceiling;
  }

  /** Milliseconds to wait before the next try. */
  next() {
    const base = Math.min(this.#ceiling, 500 * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    return base * (0.8 + 0.4 * Math.random());
  }

  reset() {
    this.#attempts = 0;
  }
}
