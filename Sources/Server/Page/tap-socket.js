// One tap's pictures over one WebSocket that comes back by itself.

import { socketAddress } from "./api.js";
import { BackOff } from "./back-off.js";

export class TapSocket {
  #instance;
  #tap;
  #handlers;
  #size = null;
  #current = null;
  /** The socket of the size before. It goes on until the new one shows something: changing size shows no hole. */
  #retiring = null;
  #timer = 0;
  #backOff = new BackOff();

  /** @param {{picture: (blob: Blob) => void, connected: (is: boolean) => void}} handlers */
  constructor(instance, tap, handlers) {
    this.#instance = instance;
    this.#tap = tap;
    this.#handlers = handlers;
  }

  /** Connects, or changes to another size. @param {{width?: number}} size */
  open(size) {
    if (this.#size && JSON.stringify(size) === JSON.stringify(this.#size)) return;
    this.#size = size;
    this.#backOff.reset();
    this.#connect();
  }

  close() {
    this.#size = null;
    clearTimeout(this.#timer);
    this.#end(this.#retiring);
    this.#end(this.#current);
    this.#retiring = this.#current = null;
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#retiring) this.#end(this.#current);
    else this.#retiring = this.#current;

    const socket = new WebSocket(socketAddress(this.#instance, this.#tap, this.#size));
    socket.binaryType = "blob";
    socket.onmessage = ({ data }) => this.#received(socket, data);
    socket.onclose = ({ code }) => this.#closed(socket, code);
    this.#current = socket;
  }

  #received(socket, data) {
    // Text tells of states; the list of instances shows those.
    if (typeof data === "string") return;
    if (socket === this.#current) {
      this.#end(this.#retiring);
      this.#retiring = null;
      this.#backOff.reset();
      this.#handlers.connected(true);
    }
    this.#handlers.picture(data);
  }

  #closed(socket, code) {
    if (socket === this.#retiring) this.#retiring = null;
    if (socket !== this.#current) return;
    this.#current = null;
    this.#handlers.connected(false);
    // 1000: the tap has ended. 1008: there is no such tap. The list of instances says what comes next.
    if (code === 1000 || code === 1008) {
      this.#size = null;
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
