// One tap's pictures over one WebSocket that comes back by itself.

import { socketAddress } from "./api.js";
import { BackOff } from "./back-off.js";

export class TapSocket {
  #instance;
  #tap;
  #handlers;
  #view = null;
  #current = null;
  /** The socket of the view before. It goes on until the new one shows something: changing size shows no hole. */
  #retiring = null;
  #timer = 0;
  #backOff = new BackOff();

  /**
   * @param {{picture: (blob: Blob, detections: Object[]|null) => void, connected: (is: boolean) => void}} handlers
   *   detections are those of the very frame; null when no stage has looked, or pictures alone were asked for
   */
  constructor(instance, tap, handlers) {
    this.#instance = instance;
    this.#tap = tap;
    this.#handlers = handlers;
  }

  /** Connects, or changes to another view. @param {{width?: number, height?: number, fps?: number, format?: string}} view */
  open(view) {
    if (this.#view && JSON.stringify(view) === JSON.stringify(this.#view)) return;
    this.#view = view;
    this.#backOff.reset();
    this.#connect();
  }

  close() {
    this.#view = null;
    clearTimeout(this.#timer);
    this.#end(this.#retiring);
    this.#end(this.#current);
    this.#retiring = this.#current = null;
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#retiring) this.#end(this.#current);
    else this.#retiring = this.#current;

    const socket = new WebSocket(socketAddress(this.#instance, this.#tap, this.#view));
    socket.binaryType = "blob";
    socket.onmessage = ({ data }) => this.#received(socket, data);
    socket.onclose = ({ code }) => this.#closed(socket, code);
    this.#current = socket;
  }

  #received(socket, data) {
    const picture = typeof data === "string" ? frame(data) : { blob: data, detections: null };
    // Other text tells of states; the list of instances shows those.
    if (!picture) return;
    if (socket === this.#current) {
      this.#end(this.#retiring);
      this.#retiring = null;
      this.#backOff.reset();
      this.#handlers.connected(true);
    }
    this.#handlers.picture(picture.blob, picture.detections);
  }

  #closed(socket, code) {
    if (socket === this.#retiring) this.#retiring = null;
    if (socket !== this.#current) return;
    this.#current = null;
    this.#handlers.connected(false);
    // 1000: the tap has ended. 1008: there is no such tap. The list of instances says what comes next.
    if (code === 1000 || code === 1008) {
      this.#view = null;
      return;
    }
    this.#timer = setTimeout(() => this.#connect(), this.#backOff.next());
  }

  #end(socket) {
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** A picture in JSON; null for what is none. */
function frame(text) {
  const message = JSON.parse(text);
  if (message.type !== "frame") return null;
  const bytes = Uint8Array.from(atob(message.data), (letter) => letter.charCodeAt(0));
  return { blob: new Blob([bytes], { type: "image/jpeg" }), detections: message.detections ?? null };
}
