// Binary messages of /ws/vp, little-endian, as docs/api.md has them.

const headLength = 32;
const jpeg = 1;
const text = new TextDecoder();

/**
 * @param {ArrayBuffer} data
 * @returns {Object|null} null for what this page does not understand; times are in milliseconds, `sent` and `captured` by the
 *   server's clock; `ordinal` numbers the pictures that are made, `detections` is undefined where no
 *   stage has looked
 */
export function readFrame(data) {
  const view = new DataView(data);
  if (view.byteLength < headLength || view.getUint8(0) !== 1 || view.getUint8(1) !== jpeg) return null;
  const picture = headLength + view.getUint32(4, true);
  const { width, height, ordinal, damaged = false, detections } = JSON.parse(text.decode(new Uint8Array(data, headLength, picture - headLength)));
  return {
    channel: view.getUint16(2, true), seq: Number(view.getBigUint64(16, true)), bytes: data.byteLength,
    sent: Number(view.getBigInt64(8, true)) / 1000, captured: Number(view.getBigInt64(24, true)) / 1000,
    width, height, ordinal, damaged, detections, blob: new Blob([new Uint8Array(data, picture)], { type: "image/jpeg" }),
  };
}

/** Says that every picture up to `seq` has been shown. */
export function acknowledgement(channel, seq) {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint8(0, 1);
  view.setUint16(2, channel, true);
  view.setBigUint64(4, BigInt(seq), true);
  return view.buffer;
}
