// H.264 as fragments of MP4 (ISO/IEC 14496-12 and -15), for browsers that decode nothing but files.

/** Ticks a second of all times. */
export const timescale = 90_000;
/** H.264, table 7-1. */
const units = { sequenceSet: 7, pictureSet: 8, delimiter: 9 };

/** NAL units of a byte stream, each without its start code. @param {Uint8Array} bytes @returns {Uint8Array[]} */
function nalUnits(bytes) {
  const found = [];
  let begin = -1;
  for (let place = bytes.indexOf(1, 2); place >= 0; place = bytes.indexOf(1, place + 1)) {
    if (bytes[place - 1] !== 0 || bytes[place - 2] !== 0) continue;
    if (begin >= 0) found.push(bytes.subarray(begin, place - 2));
    begin = place + 1;
  }
  if (begin >= 0) found.push(bytes.subarray(begin));
  // Zeros between two belong to neither.
  return found.map((unit) => {
    let { length } = unit;
    while (length > 0 && unit[length - 1] === 0) length -= 1;
    return unit.subarray(0, length);
  }).filter(({ length }) => length > 0);
}

const number = (value, bytes = 4) => Array.from({ length: bytes }, (_, place) => Math.floor(value / 256 ** (bytes - 1 - place)) % 256);
const letters = (text) => [...text].map((letter) => letter.charCodeAt(0));
const zeros = (count) => new Array(count).fill(0);
const box = (name, ...parts) => {
  const body = parts.flat();
  return [...number(8 + body.length), ...letters(name), ...body];
};
const fullBox = (name, version, flags, ...parts) => box(name, [version, ...number(flags, 3)], ...parts);
const matrix = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].flatMap((value) => number(value));

/**
 * What stands before the first fragment.
 * @param {{data: Uint8Array, width: number, height: number}} frame a keyframe
 * @returns {{head: Uint8Array, sets: string}|null} `sets` is another where the video needs another head; null: there are no parameter sets
 */
export function headOf({ data, width, height }) {
  const found = nalUnits(data);
  const sequence = found.filter((unit) => (unit[0] & 31) === units.sequenceSet).map((unit) => [...unit]);
  const picture = found.filter((unit) => (unit[0] & 31) === units.pictureSet).map((unit) => [...unit]);
  if (sequence.length === 0 || picture.length === 0 || sequence[0].length < 4) return null;
  const list = (sets) => sets.flatMap((set) => [...number(set.length, 2), ...set]);
  const configuration = box(
    "avcC", [1, ...sequence[0].slice(1, 4), 0xFF, 0xE0 | sequence.length], list(sequence), [picture.length], list(picture));
  const entry = box(
    "avc1", zeros(6), number(1, 2), zeros(16), number(width, 2), number(height, 2), number(0x48_0000), number(0x48_0000), zeros(4),
    number(1, 2), zeros(32), number(24, 2), [0xFF, 0xFF], configuration);
  const table = box(
    "stbl", fullBox("stsd", 0, 0, number(1), entry), ...["stts", "stsc", "stco"].map((name) => fullBox(name, 0, 0, zeros(4))),
    fullBox("stsz", 0, 0, zeros(8)));
  const media = box(
    "mdia", fullBox("mdhd", 0, 0, zeros(8), number(timescale), zeros(4), number(0x55C4, 2), zeros(2)),
    fullBox("hdlr", 0, 0, zeros(4), letters("vide"), zeros(12), letters("video\0")),
    box("minf", fullBox("vmhd", 0, 1, zeros(8)), box("dinf", fullBox("dref", 0, 0, number(1), fullBox("url ", 0, 1))), table));
  const track = box(
    "trak", fullBox("tkhd", 0, 3, zeros(8), number(1), zeros(24), matrix, number(width * 0x1_0000), number(height * 0x1_0000)), media);
  const movie = box(
    "moov",
    fullBox("mvhd", 0, 0, zeros(8), number(timescale), zeros(4), number(0x1_0000), number(0x100, 2), zeros(10), matrix, zeros(24), number(2)),
    track, box("mvex", fullBox("trex", 0, 0, number(1), number(1), zeros(12))));
  const head = Uint8Array.from([...box("ftyp", letters("iso5\0\0\0\x01iso5iso6mp41")), ...movie]);
  return { head, sets: JSON.stringify([sequence, picture]) };
}

/** Bytes of a `moof` with one sample: 8, mfhd 16, traf 8, tfhd 16, tfdt 20, trun 32. */
const fragmentHeadLength = 100;

/**
 * One picture.
 * @param {{data: Uint8Array, key: boolean}} frame
 * @param {{sequence: number, time: number, duration: number}} place in the file; ticks
 */
export function fragmentOf({ data, key }, { sequence, time, duration }) {
  const ignored = Object.values(units);
  const kept = nalUnits(data).filter((unit) => !ignored.includes(unit[0] & 31));
  const length = kept.reduce((sum, unit) => sum + 4 + unit.length, 0);
  const head = box(
    "moof", fullBox("mfhd", 0, 0, number(sequence)),
    box(
      "traf", fullBox("tfhd", 0, 0x2_0000, number(1)), fullBox("tfdt", 1, 0, number(time, 8)),
      fullBox(
        "trun", 0, 0x701, number(1), number(fragmentHeadLength + 8), number(duration), number(length),
        number(key ? 0x0200_0000 : 0x0101_0000))));
  const fragment = new Uint8Array(head.length + 8 + length);
  fragment.set(head);
  fragment.set([...number(8 + length), ...letters("mdat")], head.length);
  let place = head.length + 8;
  for (const unit of kept) {
    fragment.set(number(unit.length), place);
    fragment.set(unit, place + 4);
    place += 4 + unit.length;
  }
  return fragment;
}
