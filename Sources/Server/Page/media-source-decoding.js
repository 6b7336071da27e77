// The camera's own video, decoded by a <video> that nobody sees (Media Source Extensions): for pages that came over plain http, where
// browsers have no other decoder. Pictures are taken from it as they are shown.

import { fragmentOf, headOf, timescale } from "./fragmented-mp4.js";

const codings = { avc1: "avc1.42E01E" };
const type = (codec) => `video/mp4; codecs="${codec}"`;

/** Seconds that what is shown is behind what has come; nearer, a late one would be missed. */
const distance = 0.12;
/** Seconds: from there on it is not caught up with, but jumped over. */
const tooFar = 0.8;
/** How fast it is caught up with, and how slowly waited for. */
const rates = { least: 0.95, most: 1.15 };
/** Seconds of what has been shown that are kept. */
const past = 5;
/** Pictures that have come and of which none was shown: the decoder has given up without a word. */
const patience = 150;

/** What this page can show by such a video. */
export function playable() {
  const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
  if (!Source || !("requestVideoFrameCallback" in HTMLVideoElement.prototype)) return [];
  return Object.entries(codings).filter(([, codec]) => Source.isTypeSupported(type(codec))).map(([name]) => name);
}

export class MediaSourceDecoding {
  #decoded;
  #failed;
  #video = null;
  #source = null;
  #buffer = null;
  #codec = "";
  #sets = "";
  #queue = [];
  /** What is known of pictures that have not been shown, by their times in the file, in ticks. */
  #waiting = new Map();
  #first = 0;
  #last = 0;
  #sequence = 0;

  /** As `VideoDecoding`, with bitmaps for pictures; `failed` also says whether it will ever be otherwise. */
  constructor({ decoded, failed }) {
    this.#decoded = decoded;
    this.#failed = failed;
  }

  decode(frame) {
    // Files say when each picture is shown, and nobody knows that before the others have come.
    if (frame.reorder > 0) return this.#fail(new Error("its pictures do not come in order"), true);
    if (frame.key && !this.#turnTo(frame)) return;
    if (!this.#video) return;
    const time = Math.max(this.#last + 1, Math.round((frame.captured - this.#first) * timescale / 1000));
    const { data: _, ...rest } = frame;
    this.#waiting.set(time, rest);
    if (this.#waiting.size > patience) return this.#fail(new Error("nothing of it is shown"));
    this.#append(fragmentOf(frame, { sequence: this.#sequence += 1, time, duration: Math.max(1, time - this.#last) }));
    this.#last = time;
  }

  close() {
    const video = this.#video;
    if (video) {
      // Otherwise its decoder is there until somebody collects what nobody holds.
      video.onerror = null;
      video.pause();
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
      video.remove();
    }
    this.#video = this.#source = this.#buffer = null;
    this.#queue = [];
    this.#waiting.clear();
    this.#sets = "";
  }

  /** @returns {boolean} whether what comes can be shown */
  #turnTo(frame) {
    const head = headOf(frame);
    if (!head) return false;
    if (this.#video && head.sets === this.#sets) return true;
    if (!this.#video || frame.codec !== this.#codec) this.#begin(frame);
    this.#sets = head.sets;
    this.#append(head.head);
    return true;
  }

  #begin({ codec, captured }) {
    this.close();
    const video = document.createElement("video");
    this.#video = video;
    this.#codec = codec;
    this.#first = captured;
    this.#last = this.#sequence = 0;
    video.muted = video.playsInline = video.disableRemotePlayback = true;
    video.setAttribute("aria-hidden", "true");
    // Of what is nowhere, some browsers show nothing.
    video.style = "position: fixed; left: 0; top: 0; width: 1px; height: 1px; opacity: 0; pointer-events: none";
    this.#source = new (globalThis.ManagedMediaSource ?? globalThis.MediaSource)();
    this.#source.onsourceopen = () => {
      if (this.#video !== video) return;
      try {
        this.#buffer = this.#source.addSourceBuffer(type(codec));
      } catch (error) {
        return this.#fail(error);
      }
      this.#buffer.onupdateend = () => this.#appendNext();
      this.#appendNext();
    };
    video.onerror = () => { if (this.#video === video) this.#fail(video.error ?? new Error("it cannot be shown")); };
    video.src = URL.createObjectURL(this.#source);
    document.body.append(video);
    video.play().catch(() => {});
    this.#await(video);
  }

  #append(bytes) {
    this.#queue.push(bytes);
    this.#appendNext();
  }

  #appendNext() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !this.#video || this.#source.readyState !== "open") return;
    this.#keepUp();
    const { currentTime } = this.#video;
    try {
      if (buffer.buffered.length > 0 && buffer.buffered.start(0) < currentTime - 2 * past) buffer.remove(0, currentTime - past);
      else if (this.#queue.length > 0) buffer.appendBuffer(joined(this.#queue.splice(0)));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What is shown stays so near to what comes as it can without waiting for it. */
  #keepUp() {
    const { buffered, currentTime } = this.#video;
    if (buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const ahead = end - currentTime;
    if (ahead > tooFar || currentTime < buffered.start(buffered.length - 1)) this.#video.currentTime = Math.max(0, end - distance);
    else this.#video.playbackRate = Math.min(rates.most, Math.max(rates.least, 1 + (ahead - distance)));
    if (this.#video.paused) this.#video.play().catch(() => {});
  }

  #await(video) {
    video.requestVideoFrameCallback(async (_, { mediaTime }) => {
      if (this.#video !== video) return;
      this.#await(video);
      const time = mediaTime * timescale;
      let shown = null;
      for (const [at, frame] of this.#waiting) {
        if (at > time + 1) continue;
        this.#waiting.delete(at);
        if (!shown || frame.seq > shown.seq) shown = frame;
      }
      if (!shown) return;
      const picture = await createImageBitmap(video).catch(() => null);
      if (picture && this.#video === video) this.#decoded(picture, shown);
      else picture?.close();
    });
  }

  #fail({ message }, isFinal = false) {
    this.close();
    this.#failed({ message, isFinal });
  }
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}
