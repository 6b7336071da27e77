// The page's side of the picture engine: which canvases it draws on, what it has reported, and whether the server is there.

import { AgeClock, now } from "./age-clock.js";
import { socketAddress } from "./api.js";
import { MediaSourceDecoding, playable } from "./media-source-decoding.js";

/** Milliseconds for which nobody has looked at the page: then it lets go of its socket, and costs the server nothing. */
const rest = 60_000;

const canWork = () => typeof Worker === "function" && "transferControlToOffscreen" in HTMLCanvasElement.prototype;

export class Pictures {
  /** The server's clock, as far as it is known. */
  clock = new AgeClock();
  /** `isOpen` null: nobody knows yet. `retryAt` is when the next try begins, by `now()`. `isRefused`: the server is there. */
  link = { isOpen: null, retryAt: null, isRefused: false };
  #handlers;
  #engine;
  #listeners = new Map();
  #lastId = 0;
  /** While one is enlarged, the others are not looked at. */
  #alone = null;
  #all = new Set();
  /** Of video that is decoded by the page, by the picture's id. */
  #decoders = new Map();
  #ending = new AbortController();
  #resting = 0;
  #isResting = false;

  /** What shows taps to whoever has no session; undefined: nothing but that, or the page's own. */
  token;

  /**
   * @param {{link: () => void, state: (message: Object) => void}} handlers
   * @param {string} [token]
   */
  constructor(handlers, token) {
    this.#handlers = handlers;
    this.token = token;
    this.#engine = (canWork() ? startWorker((message) => this.#told(message)) : Promise.reject())
      .catch(() => startHere((message) => this.#told(message)));
    this.#tell({ type: "open", address: socketAddress(token).href, playable: playable() });
    const { signal } = this.#ending;
    addEventListener("online", () => this.retry(), { signal });
    // Browsers keep pages that have been left, for whoever goes back.
    addEventListener("pagehide", () => this.#tell({ type: "pause" }), { signal });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) this.#tell({ type: "retry" });
    }, { signal });
    document.addEventListener("visibilitychange", () => this.#restWhileHidden(), { signal });
    this.#restWhileHidden();
  }

  /** Nobody will be shown anything any more. */
  end() {
    this.#ending.abort();
    clearTimeout(this.#resting);
    for (const id of [...this.#listeners.keys()]) this.detach(id);
    this.#engine.then(({ tell, terminate }) => {
      tell({ type: "end" });
      terminate();
    });
  }

  #restWhileHidden() {
    clearTimeout(this.#resting);
    if (!document.hidden) return this.retry();
    this.#resting = setTimeout(() => {
      this.#isResting = true;
      this.#tell({ type: "pause" });
    }, rest);
  }

  /** Tries to reach the server now, if it is away or was let go of. */
  retry() {
    if (document.hidden && this.#isResting) return;
    if (this.link.isOpen === false || this.#isResting) this.#tell({ type: "retry" });
    this.#isResting = false;
  }

  /**
   * @param {LivePicture} picture its `canvas` is the engine's from now on
   * @returns {number} what it is called in `want`, `paint` and `detach`
   */
  attach(picture, instance, tap) {
    const id = this.#lastId += 1;
    this.#listeners.set(id, picture);
    this.#all.add(picture);
    this.#engine.then(({ tell, isWorker }) => {
      const canvas = isWorker ? picture.canvas.transferControlToOffscreen() : picture.canvas;
      tell({ type: "attach", id, canvas, instance, tap }, isWorker ? [canvas] : []);
    });
    return id;
  }

  /** @param {{width?: number, fps?: number}|null} view null: not looked at @param {boolean} wantsEach be told of each picture */
  want(id, view, wantsEach) {
    this.#tell({ type: "want", id, view, wantsEach });
  }

  /** Draws a picture that did not come over the socket. @param {{blob: Blob, captured: number}} frame */
  paint(id, frame) {
    this.#tell({ type: "paint", id, frame });
  }

  detach(id) {
    this.#all.delete(this.#listeners.get(id));
    this.#listeners.delete(id);
    this.#halt(id);
    this.#tell({ type: "detach", id });
  }

  /** @param {LivePicture|null} picture the only one that is looked at; null: all that are in view */
  leaveAlone(picture) {
    this.#alone = picture;
    for (const one of this.#all) one.lookAgain();
  }

  isCovered(picture) {
    return this.#alone !== null && this.#alone !== picture;
  }

  #tell(command, moved) {
    this.#engine.then(({ tell }) => tell(command, moved));
  }

  #decode(id, frame) {
    if (!this.#listeners.has(id)) return;
    if (!this.#decoders.has(id)) {
      this.#decoders.set(id, new MediaSourceDecoding({
        decoded: (picture, shown) => this.#tell({ type: "decoded", id, picture, frame: shown }, [picture]),
        failed: ({ message, isFinal }) => {
          this.#halt(id);
          this.#tell({ type: "undecodable", id, message, isFinal });
        },
      }));
    }
    this.#decoders.get(id).decode(frame);
  }

  #halt(id) {
    this.#decoders.get(id)?.close();
    this.#decoders.delete(id);
  }

  #told(message) {
    if (message.type === "link") {
      const { isOpen, retryAt, isRefused } = message;
      this.link = { isOpen, retryAt, isRefused };
      this.#handlers.link();
    } else if (message.type === "state") {
      this.#handlers.state(message.message);
    } else if (message.type === "report") {
      this.clock.offset = message.offset;
      for (const numbers of message.pictures) this.#listeners.get(numbers.id)?.reported(numbers);
    } else if (message.type === "painted") {
      this.#listeners.get(message.id)?.painted(message.frame, message.at);
    } else if (message.type === "decode") {
      this.#decode(message.id, message.frame);
    } else if (message.type === "halt") {
      this.#halt(message.id);
    } else if (message.type === "said") {
      this.#listeners.get(message.id)?.heard(message.notice);
    }
  }
}

/** @returns {Promise<{tell: (command: Object, moved?: Object[]) => void, isWorker: boolean, terminate: () => void}>} rejected where it does not start */
function startWorker(told) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("picture-worker.js", import.meta.url), { type: "module" });
    worker.onerror = reject;
    worker.onmessage = ({ data }) => {
      if (data.type !== "ready") return told(data);
      worker.onerror = null;
      resolve({ tell: (command, moved = []) => worker.postMessage(command, moved), isWorker: true, terminate: () => worker.terminate() });
    };
  });
}

async function startHere(told) {
  const { PictureEngine } = await import("./picture-engine.js");
  const engine = new PictureEngine(told);
  return { tell: (command) => engine.handle(command), isWorker: false, terminate: () => {} };
}
