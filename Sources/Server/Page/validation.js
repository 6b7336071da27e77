// Asks the server about a text that is being typed: when typing pauses, one question at a time, the newest text last.

import { validate } from "./api.js";
import { BackOff } from "./back-off.js";

/** Milliseconds without a key before the question is asked. */
const pause = 250;

export class Validation {
  #answered;
  #failed;
  #text = null;
  #asking = false;
  #timer = 0;
  #backOff = new BackOff(5_000);

  /**
   * @param {(answer: Object, text: string) => void} answered never told of a text that has changed since
   * @param {(error: Error) => void} failed there is no answer; it is asked for again
   */
  constructor(answered, failed) {
    this.#answered = answered;
    this.#failed = failed;
  }

  /** @param {string|null} text null: nobody wants to know any more */
  ask(text, wait = pause) {
    this.#text = text;
    clearTimeout(this.#timer);
    if (text !== null) this.#timer = setTimeout(() => this.#send(), wait);
  }

  async #send() {
    // What is under way is followed by the newest text.
    if (this.#asking) return;
    this.#asking = true;
    const text = this.#text;
    let wait = 0;
    try {
      const answer = await validate(text);
      this.#backOff.reset();
      if (text === this.#text) this.#answered(answer, text);
    } catch (error) {
      wait = this.#backOff.next();
      if (text === this.#text) this.#failed(error);
    }
    this.#asking = false;
    if (this.#text !== null && (this.#text !== text || wait > 0)) this.ask(this.#text, Math.max(wait, 50));
  }
}
