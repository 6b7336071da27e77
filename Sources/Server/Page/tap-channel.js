// One tap on the socket that all share: what is wanted of it, and what the server has been told.

import { BackOff } from "./back-off.js";
import { acknowledgement } from "./frame-message.js";

/** Every second picture is acknowledged, and every picture after so many milliseconds. */
const picturesPerAcknowledgement = 2;
const acknowledgementDelay = 100;

export class TapChannel {
  instance;
  tap;
  /** On the current connection; null: the server knows of none. */
  number = null;
  /** When it was hidden last; Infinity while it is shown. */
  hiddenAt = 0;
  #link;
  #handlers;
  /** What is wanted: a view, or null for no pictures. */
  #view = null;
  /** What the server was told last, as JSON. */
  #told = "";
  #isSubscribed = false;
  #isClosed = false;
  #waits = false;
  #isCrowdedOut = false;
  #timer = 0;
  #backOff = new BackOff();
  #painted = null;
  #unacknowledged = 0;
  #acknowledging = 0;

  /** @param {{frame: (frame: Object) => void, said: (notice: Object) => void}} handlers */
  constructor(link, instance, tap, handlers) {
    this.#link = link;
    this.instance = instance;
    this.tap = tap;
    this.#handlers = handlers;
  }

  /** @param {{width?: number, fps?: number, codecs?: string[]}|null} view null: nothing is shown just now */
  want(view) {
    if (this.#isClosed) return;
    if (view && !this.#view) {
      // Somebody looks again: that is a reason to try at once.
      this.hiddenAt = Infinity;
      this.#backOff.reset();
      this.#tryAgain(0);
    }
    if (!view && this.#view) this.hiddenAt = performance.now();
    this.#view = view;
    this.#link.settle(this);
  }

  close() {
    this.#isClosed = true;
    this.#view = null;
    clearTimeout(this.#timer);
    this.disconnected();
    this.#link.settle(this);
  }

  /** The socket is gone, and with it the number. */
  disconnected() {
    if (!this.#isClosed) this.number = null;
    clearTimeout(this.#acknowledging);
    this.#acknowledging = this.#unacknowledged = 0;
  }

  /** The message that makes the server know what is wanted; null: it does. @param {() => number} freeNumber */
  next(freeNumber) {
    if (this.#isClosed) {
      if (this.number === null) return null;
      const channel = this.number;
      this.number = null;
      return { type: "unsubscribe", channel };
    }
    if (this.#waits) return null;
    const view = this.#view ?? { hidden: true };
    const told = JSON.stringify(view);
    if (this.number === null) {
      if (!this.#view) return null;
      this.number = freeNumber();
      this.#isSubscribed = this.#isCrowdedOut = false;
      this.#told = told;
      return { type: "subscribe", channel: this.number, instance_id: this.instance, tap_id: this.tap, ...view };
    }
    if (told === this.#told) return null;
    this.#told = told;
    return { type: "demand", channel: this.number, ...view };
  }

  get isClosed() { return this.#isClosed; }
  get isWanted() { return this.#view !== null; }

  received(frame) {
    this.#backOff.reset();
    this.#handlers.frame(frame);
  }

  /** @param {Object} notice `subscribed`, `coding`, `skipped`, `state`, `end` or `error` */
  heard(notice) {
    if (notice.type === "subscribed") this.#isSubscribed = true;
    if (notice.type === "end" || notice.type === "error") {
      // Of a demand that came too soon the channel is still there; otherwise its number is free again.
      if (notice.code !== "too_many_requests" || !this.#isSubscribed) this.number = null;
      this.#told = "";
      this.#tryAgain(this.#backOff.next() + 500);
    }
    this.#handlers.said(notice);
  }

  /** There is no channel for it: @param {string} message why */
  crowdedOut(message) {
    if (this.#isCrowdedOut) return;
    this.#isCrowdedOut = true;
    this.#handlers.said({ type: "error", message });
  }

  /** A picture has been drawn, or cannot be. */
  acknowledge(seq) {
    this.#painted = seq;
    this.#unacknowledged += 1;
    if (this.#unacknowledged >= picturesPerAcknowledgement) this.#sendAcknowledgement();
    else this.#acknowledging ||= setTimeout(() => this.#sendAcknowledgement(), acknowledgementDelay);
  }

  #sendAcknowledgement() {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = this.#unacknowledged = 0;
    if (this.number !== null) this.#link.send(acknowledgement(this.number, this.#painted));
  }

  #tryAgain(wait) {
    clearTimeout(this.#timer);
    this.#waits = wait > 0;
    if (!this.#waits || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#waits = false;
      this.#link.settle(this);
    }, wait);
  }
}
