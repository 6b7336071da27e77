// Whether the server is there, in the page's bar: in words that count down for those who see, and once for those who listen.

import { now } from "./age-clock.js";
import { announce, setText } from "./dom.js";
import { lostLink, nextTry } from "./format.js";

export class Connection {
  #node = document.getElementById("connection");
  #wasOpen = null;

  /** @param {{isOpen: boolean|null, retryAt: number|null, isRefused: boolean}} link */
  update(link) {
    const { isOpen, retryAt } = link;
    setText(this.#node, isOpen === false ? `${lostLink(link)}. ${nextTry(retryAt - now())}.` : "");
    document.documentElement.classList.toggle("is-lost", isOpen === false);
    if (isOpen === this.#wasOpen) return;
    if (isOpen === false) announce(lostLink(link));
    if (isOpen && this.#wasOpen === false) announce("Connected again");
    this.#wasOpen = isOpen;
  }
}
