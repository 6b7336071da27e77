// Whether the server is there, in the page's bar: in words that count down for those who see, and once for those who listen.

import { now } from "./age-clock.js";
import { announce, setText } from "./dom.js";
import { nextTry } from "./format.js";

export class Connection {
  #node = document.getElementById("connection");
  #wasOpen = null;

  /** @param {{isOpen: boolean|null, retryAt: number|null}} link */
  update({ isOpen, retryAt }) {
    setText(this.#node, isOpen === false ? `No connection to the server. ${nextTry(retryAt - now())}.` : "");
    document.documentElement.classList.toggle("is-lost", isOpen === false);
    if (isOpen === this.#wasOpen) return;
    if (isOpen === false) announce("No connection to the server");
    if (isOpen && this.#wasOpen === false) announce("Connected again");
    this.#wasOpen = isOpen;
  }
}
