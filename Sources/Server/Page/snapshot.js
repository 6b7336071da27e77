// A picture to keep: the newest in full size or, where the server does not answer, what is drawn.

import { pictureAddress } from "./api.js";
import { announce, element } from "./dom.js";

/** @param {LivePicture} picture */
export async function saveSnapshot(instance, tap, picture) {
  const answer = await fetch(pictureAddress(instance, tap), { cache: "no-store", signal: AbortSignal.timeout(5_000) }).catch(() => null);
  const isFull = answer?.ok ?? false;
  const blob = isFull ? await answer.blob().catch(() => null) : picture.frame ? await picture.copy() : null;
  if (!blob) return announce(`There is no picture of ${tap}, ${instance}`);
  const captured = isFull ? Number(answer.headers.get("X-Timestamp")) * 1000 : picture.frame.captured;
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
