// The camera's own video, decoded by the browser (WebCodecs): in a worker, or in the page.

/** By the names that the server has for them, and what of each a browser is asked about. */
const codings = { avc1: "avc1.42E01E", hev1: "hev1.1.6.L93.B0" };

/** What this browser decodes so: for pages that came safely, over https or from this machine. */
export async function decodable() {
  const found = await Promise.all(Object.entries(codings).map(async ([name, codec]) => await canDecode(codec) ? [name] : []));
  return found.flat();
}

async function canDecode(codec) {
  if (typeof VideoDecoder !== "function") return false;
  const answer = await VideoDecoder.isConfigSupported({ codec, optimizeForLatency: true }).catch(() => null);
  return answer?.supported === true;
}

/** Pictures that wait to be decoded, for so many milliseconds: this machine is too slow for the video. */
const backlog = 30;
const patience = 3_000;

export class VideoDecoding {
  #decoded;
  #failed;
  #decoder = null;
  #codec = "";
  /** What is known of each picture that is being decoded, by its number. */
  #waiting = new Map();
  /** Since when too many wait; null: they do not. */
  #behindSince = null;

  /**
   * @param {{decoded: (picture: VideoFrame|null, frame: Object) => void, failed: (error: Error) => void}} handlers `picture` is null where
   *   it only led to later ones; whoever is given one closes it. After `failed` nothing comes before another keyframe
   */
  constructor({ decoded, failed }) {
    this.#decoded = decoded;
    this.#failed = failed;
  }

  /** @param {{seq: number, codec: string, key: boolean, data: Uint8Array}} frame the next one, in the order in which they came */
  decode(frame) {
    if (frame.key && (!this.#decoder || frame.codec !== this.#codec)) this.#begin(frame.codec);
    if (!this.#decoder) return;
    if (this.#decoder.decodeQueueSize <= backlog) this.#behindSince = null;
    else if (performance.now() - (this.#behindSince ??= performance.now()) > patience) return this.#fail(new Error("it comes faster than it is decoded"));
    this.#waiting.set(frame.seq, frame);
    try {
      this.#decoder.decode(new EncodedVideoChunk({ type: frame.key ? "key" : "delta", timestamp: frame.seq, data: frame.data }));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nothing of what came before is shown any more. */
  close() {
    if (this.#decoder?.state === "configured" || this.#decoder?.state === "unconfigured") this.#decoder.close();
    this.#decoder = this.#behindSince = null;
    this.#waiting.clear();
  }

  #begin(codec) {
    this.close();
    const decoder = new VideoDecoder({
      output: (picture) => this.#decoder === decoder ? this.#show(picture) : picture.close(),
      error: (error) => { if (this.#decoder === decoder) this.#fail(error); },
    });
    this.#decoder = decoder;
    this.#codec = codec;
    try {
      // Without it some decoders hold back pictures that might have to be shown later than others.
      decoder.configure({ codec, optimizeForLatency: true });
    } catch (error) {
      this.#fail(error);
    }
  }

  #show(picture) {
    const frame = this.#waiting.get(picture.timestamp);
    // Of what was left out on the way, or by the decoder, nothing comes any more.
    for (const seq of this.#waiting.keys()) if (seq <= picture.timestamp - 64) this.#waiting.delete(seq);
    this.#waiting.delete(picture.timestamp);
    if (!frame) return picture.close();
    const { data: _, ...rest } = frame;
    if (!frame.leading || this.#waiting.size === 0) return this.#decoded(picture, rest);
    picture.close();
    this.#decoded(null, rest);
  }

  #fail(error) {
    this.close();
    this.#failed(error);
  }
}
