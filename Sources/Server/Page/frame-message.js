// Binary messages of /ws/vp, little-endian, as docs/api.md has them.

const headLength = 32;
const kinds = { jpeg: 1, h264: 2, h265: 3 };
const text = new TextDecoder();

/**
 * @param {ArrayBuffer} data
 * @returns {Object|null} null for what this page does not understand; times are in milliseconds, `sent` and `captured` by the
 *   server's clock; `ordinal` numbers the pictures that are made, `detections` is undefined where no
 *   stage has looked. Of a JPEG there is `blob`, of video `data`: `codec`, whether it is a `key`, how many
 *   pictures may be decoded before one that is shown earlier (`reorder`), and whether it is `leading` only
 */
export function readFrame(data) {
  const view = new DataView(data);
  if (view.byteLength < headLength || view.getUint8(0) !== 1 || !Object.values(kinds).includes(view.getUint8(1))) return null;
  const begin = headLength + view.getUint32(4, true);
  const { width, height, ordinal, damaged = false, detections, codec, key, reorder = 0, leading = false } =
    JSON.parse(text.decode(new Uint8Array(data, headLength, begin - headLength)));
  const seq = Number(view.getBigUint64(16, true));
  const frame = {
    channel: view.getUint16(2, true), seq, bytes: data.byteLength,
    sent: Number(view.getBigInt64(8, true)) / 1000, captured: Number(view.getBigInt64(24, true)) / 1000,
    width, height, ordinal: ordinal ?? seq, damaged, detections,
  };
  const body = new Uint8Array(data, begin);
  if (view.getUint8(1) === kinds.jpeg) return { ...frame, blob: new Blob([body], { type: "image/jpeg" }) };
  return { ...frame, codec, key, reorder, leading, data: body };
}

/** Says that every picture up to `seq` has been shown. */
export function acknowledgement(channel, seq) {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint8(0, 1);
  view.setUint16(2, channel, true);
  view.setBigUint64(4, BigInt(seq), true);
  return view.buffer;
}
