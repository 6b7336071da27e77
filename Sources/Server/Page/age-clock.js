// How old a picture is, by the server's clock as it is seen from here.

/** Milliseconds for which this clock has stood still: some browsers' does while the machine sleeps. */
let asleep = 0;

/** Milliseconds since 1970 by a clock that nobody sets: an age never jumps. The same in a page and its workers. */
export const now = () => performance.timeOrigin + performance.now() + asleep;

/** Later than by so many milliseconds, the machine has slept, or its clock was set ahead. */
const nap = 2_000;

/** To be asked now and then. @returns {boolean} whether time has passed that this clock did not count; now it has */
export function hasSlept() {
  const missed = Date.now() - now();
  if (missed < nap) return false;
  asleep += missed;
  return true;
}

/** Clocks drift: what was learnt longer ago than two of these, in milliseconds, no longer counts. */
const memory = 60_000;

/**
 * Learns by how much this clock is ahead of the server's, from messages that say when they were sent. The quickest message
 * is the best witness: its own time on the way is all that ages are short by.
 */
export class AgeClock {
  /** Milliseconds; null before the first message. */
  offset = null;
  #recent = Infinity;
  #before = Infinity;
  #turn = 0;

  learn(sent, received = now()) {
    if (received - this.#turn > memory) {
      this.#before = received - this.#turn > 2 * memory ? Infinity : this.#recent;
      this.#recent = Infinity;
      this.#turn = received;
    }
    this.#recent = Math.min(this.#recent, received - sent);
    this.offset = Math.min(this.#recent, this.#before);
  }

  /** Another server, or the same begun anew, may have another clock. */
  forget() {
    this.#recent = this.#before = Infinity;
    this.#turn = 0;
  }

  /** Milliseconds from an instant of the server's until now; while nothing is known the clocks are taken to agree. */
  since(instant, at = now()) {
    return at - (this.offset ?? 0) - instant;
  }
}
