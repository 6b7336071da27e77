// The one socket of a page: pictures of all its taps, and what becomes of the server's instances. It comes back by itself.

import { AgeClock, hasSlept, now } from "./age-clock.js";
import { BackOff } from "./back-off.js";
import { readFrame } from "./frame-message.js";
import { MessageBudget } from "./message-budget.js";
import { TapChannel } from "./tap-channel.js";

/** Channels on one socket, as the server has it. */
const channelLimit = 64;
const numbers = 65_536;
/** Milliseconds without a word after which the server is asked for one, and then those it has for it. */
const silence = 10_000;
const patience = 5_000;

const stateMessages = new Set(["snapshot", "changed", "removed", "plans_changed", "devices_changed"]);

export class TapLink {
  clock = new AgeClock();
  #address;
  #handlers;
  #socket = null;
  #isOpen = false;
  #channels = new Set();
  #byNumber = new Map();
  #lastNumber = -1;
  /** Channels of which the server may not know what is wanted. */
  #unsettled = new Set();
  #budget = new MessageBudget();
  #sending = 0;
  #backOff = new BackOff(5_000);
  #timer = 0;
  #heardAt = 0;
  #asked = false;
  #isRefused = false;
  #listening;

  /**
   * @param {string} address of the socket
   * @param {{opened: () => void, lost: (retryAt: number, isRefused: boolean) => void, state: (message: Object) => void}} handlers
   *   `retryAt` is when the next try begins, by `now()`; `isRefused`: the server is there, and lets no socket in
   */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    this.#listening = setInterval(() => this.#listen(), 1_000);
    this.retry();
  }

  /** Tries now, not when the wait is over. */
  retry() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#isOpen = true;
      this.#heardAt = now();
      this.#budget = new MessageBudget();
      this.#say({ type: "watch" });
      for (const channel of this.#channels) this.settle(channel);
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = () => this.#lost();
    this.#socket = socket;
    this.#heardAt = now();
  }

  /** @returns {TapChannel} asks for nothing until a view is wanted */
  channel(instance, tap, handlers) {
    const channel = new TapChannel(this, instance, tap, handlers);
    this.#channels.add(channel);
    return channel;
  }

  /** Tells the server what is wanted of a channel, soon: of several wishes in a row it hears the last. */
  settle(channel) {
    if (channel.isClosed) this.#channels.delete(channel);
    this.#unsettled.add(channel);
    if (this.#sending === 0) this.#sending = setTimeout(() => this.#settleAll(), 0);
  }

  /** @param {ArrayBuffer} acknowledgement costs none of the messages that the server allows */
  send(acknowledgement) {
    if (this.#isOpen) this.#socket.send(acknowledgement);
  }

  #settleAll() {
    this.#sending = 0;
    if (!this.#isOpen) return this.#unsettled.clear();
    for (const channel of this.#unsettled) {
      const { number, isWanted } = channel;
      const wait = this.#budget.wait;
      if (wait > 0) {
        this.#sending = setTimeout(() => this.#settleAll(), wait);
        return;
      }
      // Who finds no room waits until somebody else is hidden.
      if (number === null && isWanted && !this.#makeRoom()) {
        channel.crowdedOut(`A page shows ${channelLimit} pictures at a time`);
        continue;
      }
      this.#unsettled.delete(channel);
      const message = channel.next(() => this.#freeNumber());
      if (!message) continue;
      if (message.type === "subscribe") this.#byNumber.set(channel.number, channel);
      if (message.type === "unsubscribe") this.#byNumber.delete(number);
      this.#budget.spend();
      this.#say(message);
    }
  }

  /** The one that has been hidden longest gives up its channel. */
  #makeRoom() {
    if (this.#byNumber.size < channelLimit) return true;
    const hidden = [...this.#byNumber.values()].filter(({ isWanted }) => !isWanted)
      .sort((one, other) => one.hiddenAt - other.hiddenAt)[0];
    if (!hidden) return false;
    const channel = hidden.number;
    hidden.number = null;
    this.#byNumber.delete(channel);
    this.#budget.spend();
    this.#say({ type: "unsubscribe", channel });
    return true;
  }

  /** One that was used long ago: what is still on its way to an older one reaches nobody. */
  #freeNumber() {
    do this.#lastNumber = (this.#lastNumber + 1) % numbers; while (this.#byNumber.has(this.#lastNumber));
    return this.#lastNumber;
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #received(data) {
    const at = now();
    this.#heardAt = at;
    this.#asked = false;
    if (typeof data !== "string") {
      const frame = readFrame(data);
      if (!frame) return;
      this.clock.learn(frame.sent, at);
      this.#byNumber.get(frame.channel)?.received(frame);
      return;
    }
    const message = JSON.parse(data);
    if (stateMessages.has(message.type)) {
      if (message.type === "snapshot") {
        this.#backOff.reset();
        this.#isRefused = false;
        this.#handlers.opened();
      }
      this.#handlers.state(message);
      return;
    }
    const channel = this.#byNumber.get(message.channel);
    channel?.heard(message);
    if (channel && channel.number === null) this.#byNumber.delete(message.channel);
  }

  /** A server that is gone without a word is noticed by its silence. */
  #listen() {
    const slept = hasSlept();
    if (!this.#socket) return;
    // What was said meanwhile is old, and nobody knows whether the other end still stands.
    if (slept) {
      this.#hangUp();
      this.#handlers.lost(now(), false);
      return this.retry();
    }
    const quiet = now() - this.#heardAt;
    if (quiet > silence + patience || (!this.#isOpen && quiet > silence)) return this.#lost();
    if (this.#isOpen && quiet > silence && !this.#asked) {
      this.#asked = true;
      this.#budget.spend();
      this.#say({ type: "ping" });
    }
  }

  #lost() {
    if (!this.#socket) return;
    const hasBeenOpen = this.#isOpen;
    this.#hangUp();
    const wait = this.#backOff.next();
    const retryAt = now() + wait;
    this.#timer = setTimeout(() => this.retry(), wait);
    if (hasBeenOpen) this.#isRefused = false;
    else this.#findReason(retryAt);
    this.#handlers.lost(retryAt, this.#isRefused);
  }

  /** Scripts are not told why a socket did not open: a server that answers otherwise did not let it in. */
  async #findReason(retryAt) {
    const health = new URL("../healthz", this.#address.replace(/^ws/, "http"));
    const answer = await fetch(health, { cache: "no-store", signal: AbortSignal.timeout(patience) }).catch(() => null);
    const isRefused = answer?.ok === true;
    if (this.#isOpen || isRefused === this.#isRefused) return;
    this.#isRefused = isRefused;
    this.#handlers.lost(retryAt, isRefused);
  }

  /** Until `retry`: a page that is kept aside by the browser hears nothing, and should cost nothing. */
  pause() {
    clearTimeout(this.#timer);
    if (this.#socket) this.#hangUp();
  }

  /** For good. */
  end() {
    clearInterval(this.#listening);
    clearTimeout(this.#sending);
    this.pause();
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = this.#asked = false;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.clock.forget();
    for (const channel of this.#channels) channel.disconnected();
    this.#byNumber.clear();
    this.#unsettled.clear();
  }
}
