// Everything between the socket and the canvases. It runs in a worker where canvases can be drawn on there, else in the page:
// it is told and tells by messages alone.

import { now } from "./age-clock.js";
import { PictureNumbers } from "./picture-numbers.js";
import { PicturePainter } from "./picture-painter.js";
import { TapLink } from "./tap-link.js";
import { VideoDecoding, decodable } from "./video-decoding.js";

/** Milliseconds between two reports. */
const interval = 250;
/** Video that cannot be decoded so often within so many milliseconds is left to the server for as long. */
const tries = 3;
const patience = 60_000;
/** Milliseconds: the server is told of a pause, and then of its end. */
const pause = 50;

export class PictureEngine {
  #tell;
  #link = null;
  #taps = new Map();
  #reporting;
  /** What is decoded here, and what by the page. */
  #here = [];
  #there = [];
  /** Nothing is asked for before that is known. */
  #isKnown = decodable().then((codecs) => { this.#here = codecs; });

  /** @param {(message: Object) => void} tell `link`, `state`, `painted`, `said` and `report`; of video that the
   *   page decodes, `decode` and `halt` */
  constructor(tell) {
    this.#tell = tell;
    this.#reporting = setInterval(() => this.#report(), interval);
  }

  /** @param {Object} command its `type` is `open`, `attach`, `want`, `paint`, `decoded`, `undecodable`, `detach`, `retry`, `pause` or `end` */
  handle(command) {
    const { type, id } = command;
    const tap = this.#taps.get(id);
    if (type === "open") this.#open(command);
    else if (type === "attach") this.#taps.set(id, this.#attach(command));
    else if (type === "want") tap?.want(command);
    else if (type === "paint") tap?.painter.show(command.frame);
    else if (type === "decoded" && tap) tap.painter.draw(command.picture, command.frame);
    else if (type === "decoded") command.picture.close();
    else if (type === "undecodable" && tap) this.#videoFailed(tap, command.message, command.isFinal);
    else if (type === "detach") {
      clearTimeout(tap?.timer);
      tap?.channel.close();
      tap?.halt();
      this.#taps.delete(id);
    } else if (type === "retry") this.#link?.retry();
    else if (type === "pause") this.#link?.pause();
    else if (type === "end") this.#end();
  }

  #end() {
    clearInterval(this.#reporting);
    for (const id of [...this.#taps.keys()]) this.handle({ type: "detach", id });
    this.#link?.end();
  }

  #open({ address, playable }) {
    this.#there = playable;
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
    one.video = null;
    one.decode = (frame) => {
      one.video ??= this.#decoding(id, one, frame.codec);
      one.video.decode(frame);
    };
    one.halt = () => {
      one.video?.close();
      one.video = null;
    };
    one.failures = [];
    one.channel = this.#link.channel(instance, tap, {
      frame: (frame) => {
        // What was under way when somebody looked away changes nothing.
        if (frame.data && !one.view) return;
        // What leads to the first picture was made for nobody: it counts in none of the figures but bytes.
        one.numbers.received(frame, one.isEvery && !frame.leading);
        if (frame.data) return one.decode(frame);
        one.painter.show(frame);
      },
      said: (notice) => this.#tell({ type: "said", id, notice }),
    });
    one.want = ({ view, wantsEach }) => {
      const { isEvery } = one;
      one.view = view;
      one.wantsEach = wantsEach;
      one.isEvery = view !== null && view.fps === undefined;
      if (!one.isEvery || !isEvery) one.numbers.interrupt();
      // What comes when it is looked at again begins with a keyframe.
      if (view === null) one.halt();
      this.#isKnown.then(() => this.#ask(one));
    };
    return one;
  }

  /** Video comes as it is: where fewer pictures are wanted than there are, pictures that are made are better. */
  #ask(one) {
    const { view } = one;
    const codecs = [...new Set([...this.#here, ...this.#there])];
    if (!view || codecs.length === 0) return one.channel.want(view);
    const takesVideo = view.fps === undefined && !one.isSpared;
    one.channel.want({ ...view, codecs: takesVideo ? [...codecs, "jpeg"] : ["jpeg"] });
  }

  #decoding(id, one, codec) {
    if (!this.#here.includes(codec.split(".")[0])) {
      return { decode: (frame) => this.#tell({ type: "decode", id, frame }), close: () => this.#tell({ type: "halt", id }) };
    }
    return new VideoDecoding({
      decoded: (picture, frame) => { if (picture) one.painter.draw(picture, frame); },
      failed: ({ message }) => this.#videoFailed(one, message),
    });
  }

  /** A unit may have been damaged: with the last keyframe everything begins anew. What this browser cannot decode comes as pictures. */
  #videoFailed(one, message, isFinal = false) {
    console.warn("A camera's video could not be decoded:", message);
    const at = now();
    one.failures = [...one.failures.filter((then) => at - then < patience), at];
    one.numbers.interrupt();
    if (isFinal || one.failures.length >= tries) {
      one.isSpared = true;
      one.halt();
      if (!isFinal) one.timer = setTimeout(() => {
        one.isSpared = false;
        this.#ask(one);
      }, patience);
      return this.#ask(one);
    }
    one.channel.want(null);
    one.timer = setTimeout(() => this.#ask(one), pause);
  }

  #painted(id, one, { blob: _, ...frame }, at) {
    // A picture that did not come over the socket has no number, and is none of its figures.
    if (frame.seq !== undefined) {
      if (!frame.codec) one.channel.acknowledge(frame.seq);
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
