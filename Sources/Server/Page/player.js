// <stream-tap src="INSTANCE/TAP">: one tap, live, in a page of anybody's. The one file that such a page names; what it is made of
// comes from beside it.

import { fileAddress } from "./api.js";
import { element } from "./dom.js";
import { InstanceStore } from "./instance-store.js";
import { Pictures } from "./pictures.js";
import { takeSnapshot } from "./snapshot.js";
import { TapStage } from "./tap-stage.js";

/** Milliseconds between two looks at what changes with time alone. */
const tick = 500;

/** Milliseconds: an element that is moved in its page is away for a moment. */
const moment = 1_000;

/** One socket for all elements that show taps by the same token. */
const servers = new Map();

/** To be given back by `leave`. */
function enter(token) {
  const known = servers.get(token);
  if (known) {
    clearTimeout(known.ending);
    known.elements += 1;
    return known;
  }
  const store = new InstanceStore();
  const listeners = new Set();
  const pictures = new Pictures({
    link: () => listeners.forEach((listener) => listener()), state: (message) => store.apply(message),
  }, token);
  const server = { token, store, listeners, pictures, elements: 1, ending: 0 };
  servers.set(token, server);
  return server;
}

function leave(server) {
  server.elements -= 1;
  if (server.elements > 0) return;
  server.ending = setTimeout(() => {
    servers.delete(server.token);
    server.pictures.end();
  }, moment);
}

/**
 * Attributes: `src`, INSTANCE/TAP as in the addresses of the API; `token` for who has no session here; `controls` shows buttons
 * and numbers below the picture. It says so by the event `change` when what `state` has is another.
 */
class StreamTapElement extends HTMLElement {
  static observedAttributes = ["src", "token", "controls"];
  #end = () => {};
  #stage = null;
  #told = "";

  constructor() {
    super();
    const style = (name) => element("link", { rel: "stylesheet", href: fileAddress(name), crossorigin: "anonymous" });
    this.attachShadow({ mode: "open" }).append(style("style.css"), style("tap.css"));
  }

  connectedCallback() { this.#begin(); }

  disconnectedCallback() { this.#end(); }

  attributeChangedCallback(name, before, after) {
    if (this.isConnected && before !== after) this.#begin();
  }

  #begin() {
    this.#end();
    const [instance, tap] = (this.getAttribute("src") ?? "").split("/");
    if (!instance || !tap) return;
    const server = enter(this.getAttribute("token") ?? undefined);
    const { store, listeners, pictures } = server;
    const stage = new TapStage(pictures, instance, tap, { isFramed: true });
    const update = () => {
      stage.update(store.instanceWith(instance, tap), store.metrics(instance, tap));
      this.#tell();
    };
    const look = () => {
      stage.screen.tick();
      this.#tell();
    };
    const place = element(
      "div", { class: "embed", onkeydown: (event) => { if (stage.key(event)) event.preventDefault(); } },
      element("div", { class: "embed-stage", role: "group", "aria-label": `${tap}, ${instance}` },
        stage.node, this.hasAttribute("controls") ? stage.tools : null));
    this.shadowRoot.append(place);
    this.#stage = stage;
    const stopListening = store.listen((ids) => { if (ids.has(instance)) update(); });
    listeners.add(look);
    const timer = setInterval(look, tick);
    this.#end = () => {
      clearInterval(timer);
      listeners.delete(look);
      stopListening();
      stage.end();
      leave(server);
      place.remove();
      this.#stage = null;
      this.#end = () => {};
    };
    update();
  }

  /**
   * What is to be seen and, in words that are empty where there is nothing to say, how it comes.
   * @returns {{note: string, isOld: boolean, isPaused: boolean, fps: string, age: string, rate: string, way: string, lost: string}|null}
   *   `note` says what is wrong; `age` is from capture to paint, `way` is `H.264`, `H.265` or `JPEG`; null before there is a `src`
   */
  get state() {
    if (!this.#stage) return null;
    const { status: { note, isOld }, facts, picture } = this.#stage.screen;
    return { note, isOld, isPaused: picture.isPaused, ...facts };
  }

  /** Holds the picture still. */
  pause() { this.#hold(true); }

  /** Goes on, at once with the newest. */
  play() { this.#hold(false); }

  #hold(paused) {
    if (!this.#stage) return;
    this.#stage.screen.picture.isPaused = paused;
    this.#stage.screen.tick();
    this.#tell();
  }

  /** The newest picture in full size, a JPEG; while paused what is seen. @returns {Promise<Blob|null>} */
  async snapshot() {
    const taken = this.#stage && await takeSnapshot(this.#stage.screen.picture);
    return taken?.blob ?? null;
  }

  #tell() {
    const told = JSON.stringify(this.state);
    if (told === this.#told) return;
    this.#told = told;
    this.dispatchEvent(new Event("change"));
  }
}

customElements.define("stream-tap", StreamTapElement);
