// What can be measured of one tap's pictures: how many were drawn, how many were not, how large and how old they were.

/** A rate is of the last so many turns. */
const turns = 8;

export class PictureNumbers {
  #painted = 0;
  #bytes = 0;
  #missed = 0;
  #delay = null;
  #last = null;
  /** What has been counted by the end of each of the last turns. */
  #marks = [];

  /**
   * A tap that is held to a rate has frames of which no picture is made: a gap among those that are is a loss.
   * @param {boolean} isEvery whether each of them is wanted
   */
  received({ ordinal, bytes }, isEvery) {
    this.#bytes += bytes;
    if (isEvery && this.#last !== null && ordinal > this.#last + 1) this.#missed += ordinal - this.#last - 1;
    this.#last = ordinal;
  }

  /** @param {number} delay milliseconds from capture to paint */
  painted(delay) {
    this.#painted += 1;
    // Calm enough to be read, and quick enough to be true within a few pictures.
    this.#delay = this.#delay === null ? delay : this.#delay + (delay - this.#delay) * 0.2;
  }

  /** What comes next does not follow what came: another view, or a pause. */
  interrupt() {
    this.#last = null;
    this.#delay = null;
    this.#marks = [];
  }

  /** A picture came and was not drawn. */
  dropped() {
    this.#missed += 1;
  }

  /**
   * What there is to say of the last turns; `missed` is of all.
   * @returns {{fps: number, bitsPerSecond: number, missed: number, share: number, delay: number|null}} `share` of the pictures
   *   that were made and not drawn
   */
  turn(at) {
    this.#marks.push({ at, painted: this.#painted, bytes: this.#bytes, missed: this.#missed });
    if (this.#marks.length > turns + 1) this.#marks.shift();
    const first = this.#marks[0];
    const seconds = (at - first.at) / 1000;
    const each = (now, then) => seconds > 0 ? (now - then) / seconds : 0;
    const missed = this.#missed - first.missed;
    return {
      fps: each(this.#painted, first.painted), bitsPerSecond: 8 * each(this.#bytes, first.bytes),
      missed: this.#missed, delay: this.#delay, share: missed / Math.max(1, missed + this.#painted - first.painted),
    };
  }
}
