// A picture to keep: the newest in full size or, where the server does not answer, what is drawn.

import { announce, element } from "./dom.js";

/**
 * The newest picture in full size or, where the server does not answer or time stands still, what is drawn.
 * @param {LivePicture} picture
 * @returns {Promise<{blob: Blob, captured: number}|null>} milliseconds by the server's clock; null: there is none
 */
export async function takeSnapshot(picture) {
  const answer = picture.isPaused ? null : await fetch(picture.address, { cache: "no-store", signal: AbortSignal.timeout(5_000) }).catch(() => null);
  const full = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (full) return { blob: full, captured: Number(answer.headers.get("X-Timestamp")) * 1000 };
  return picture.frame ? { blob: await picture.copy(), captured: picture.frame.captured } : null;
}

/** Saves such a picture as a file. */
export async function saveSnapshot(instance, tap, picture) {
  const snapshot = await takeSnapshot(picture);
  if (!snapshot) return announce(`There is no picture of ${tap}, ${instance}`);
  const { blob, captured } = snapshot;
  save(blob, `${instance}-${tap}-${stamp(captured)}.jpg`);
  announce(`Picture of ${tap}, ${instance} saved`);
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The browser has begun by then; the picture's memory is not kept for ever.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** An instant as a part of a file's name: 2026-01-02T03-04-05.678Z */
const stamp = (milliseconds) => new Date(milliseconds).toISOString().replaceAll(":", "-");
