// Everything between the socket and the canvases. It runs in a worker where canvases can be drawn on there, else in the page:
// it is told and tells by messages alone.

import { now } from "./age-clock.js";
import { PictureNumbers } from "./picture-numbers.js";
import { PicturePainter } from "./picture-painter.js";
import { TapLink } from "./tap-link.js";

/** Milliseconds between two reports. */
const interval = 250;

export class PictureEngine {
  #tell;
  #link = null;
  #taps = new Map();

  /** @param {(message: Object) => void} tell `link`, `state`, `painted`, `said` and `report` */
  constructor(tell) {
    this.#tell = tell;
    setInterval(() => this.#report(), interval);
  }

  /** @param {Object} command its `type` is `open`, `attach`, `want`, `paint`, `detach`, `retry` or `pause` */
  handle(command) {
    const { type, id } = command;
    const tap = this.#taps.get(id);
    if (type === "open") this.#open(command.address);
    else if (type === "attach") this.#taps.set(id, this.#attach(command));
    else if (type === "want") tap?.want(command);
    else if (type === "paint") tap?.painter.show(command.frame);
    else if (type === "detach") {
      tap?.channel.close();
      this.#taps.delete(id);
    } else if (type === "retry") this.#link?.retry();
    else if (type === "pause") this.#link?.pause();
  }

  #open(address) {
    this.#link = new TapLink(address, {
      opened: () => this.#tell({ type: "link", isOpen: true, retryAt: null, isRefused: false }),
      lost: (retryAt, isRefused) => this.#tell({ type: "link", isOpen: false, retryAt, isRefused }),
      state: (message) => this.#tell({ type: "state", message }),
    });
  }

  #attach({ id, canvas, instance, tap }) {
    const one = { numbers: new PictureNumbers(), isNew: false, last: null, wantsEach: false, isEvery: false };
    one.painter = new PicturePainter(canvas, {
      painted: (frame, at) => this.#painted(id, one, frame, at),
      dropped: (frame, isBroken) => this.#dropped(id, one, frame, isBroken),
    });
    one.channel = this.#link.channel(instance, tap, {
      frame: (frame) => {
        one.numbers.received(frame, one.isEvery);
        one.painter.show(frame);
      },
      said: (notice) => this.#tell({ type: "said", id, notice }),
    });
    one.want = ({ view, wantsEach }) => {
      const { isEvery } = one;
      one.wantsEach = wantsEach;
      one.isEvery = view !== null && view.fps === undefined;
      if (!one.isEvery || !isEvery) one.numbers.interrupt();
      one.channel.want(view);
    };
    return one;
  }

  #painted(id, one, { blob: _, ...frame }, at) {
    // A picture that did not come over the socket has no number, and is none of its figures.
    if (frame.seq !== undefined) {
      one.channel.acknowledge(frame.seq);
      one.numbers.painted(this.#link.clock.since(frame.captured, at));
    }
    const isFirst = one.last === null;
    one.last = { frame, at };
    one.isNew = true;
    // What is drawn over a picture is drawn with it: boxes are never a frame ahead or behind.
    if (isFirst || one.wantsEach) this.#tell({ type: "painted", id, frame, at });
  }

  #dropped(id, one, { seq }, isBroken) {
    one.numbers.dropped();
    if (!isBroken || seq === undefined) return;
    // Unacknowledged it would be waited for, and nothing more would come.
    one.channel.acknowledge(seq);
    this.#tell({ type: "said", id, notice: { type: "error", message: "This browser cannot show the picture" } });
  }

  #report() {
    const at = now();
    const pictures = [];
    for (const [id, one] of this.#taps) {
      if (!one.last) continue;
      const numbers = one.numbers.turn(at);
      // A rate goes on falling when nothing comes; then there is nothing more to tell.
      if (!one.isNew && numbers.fps === 0) continue;
      one.isNew = false;
      const { detections, ...frame } = one.last.frame;
      pictures.push({
        id, ...numbers, isDetecting: detections !== undefined, frame, at: one.last.at,
      });
    }
    if (pictures.length > 0) this.#tell({ type: "report", offset: this.#link.clock.offset, pictures });
  }
}
