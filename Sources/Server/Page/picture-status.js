// What is said about a tap's picture, from everything that is known of it. A picture that may be old says so, and why.

import { now } from "./age-clock.js";
import { age, bitRate, instant, lostLink, nextTry, rate, reason } from "./format.js";

const live = new Set(["starting", "idle", "running", "stalled", "retrying"]);

/** Whether new pictures can still come in this state. */
export const isLive = (state) => live.has(state);

/** Milliseconds: a picture that is drawn this seldom is expected no sooner, and no picture is called late before it. */
const patience = 2_500;

/**
 * @typedef {Object} PictureStatus
 * @property {boolean} isOld whether what is drawn is not what there is to be seen now
 * @property {string} note why, in words; empty where nothing is wrong
 * @property {string} next what happens next, or how old the picture is
 */

/**
 * @param {{link: Object, clock: AgeClock}} pictures
 * @param {LivePicture} picture
 * @param {Object|null} instance null: there is none
 * @returns {PictureStatus}
 */
export function pictureStatus({ link, clock }, picture, instance, at = now()) {
  const { frame, drawnAt, notice, lookedAtSince } = picture;
  const old = (note, ...next) => ({ isOld: true, note, next: next.filter(Boolean).join(" · ") });
  const last = frame ? `picture ${age(clock.since(frame.captured, at))} old` : null;

  if (picture.isPaused) return { isOld: false, note: "Paused", next: last ?? "" };
  if (link.isOpen === false) return old(lostLink(link), nextTry(link.retryAt - at), last);
  if (link.isOpen === null) return { isOld: false, note: "Connecting", next: "" };
  if (!instance) return old("Not running", last);
  const trouble = troubleOf(instance, notice);
  if (trouble) {
    const { state, retry } = trouble;
    const words = state === "stopping" ? "Being stopped" : state === "completed" ? "Played to its end"
      : trouble.reason ? reason(trouble.reason) : "No pictures";
    return old(words, retry === null ? null : nextTry(-clock.since(retry, at)), last);
  }
  if (notice?.type === "error") return old(sentenceless(notice.message), last);
  if (!frame) return { isOld: false, note: "Waiting for the first picture", next: "" };
  const quiet = at - Math.max(drawnAt, lookedAtSince ?? at);
  const fps = picture.numbers?.fps ?? 0;
  if (quiet > Math.max(patience, fps > 0 ? 3_000 / fps : 0)) return old("No new picture", last);
  if (frame.damaged) return { isOld: false, note: "Damaged picture", next: "" };
  return { isOld: false, note: "", next: "" };
}

/** The instance's, or that of the one of its sources that feeds the tap. */
function troubleOf({ state, reason: why, next_retry_at: retry, sources = [] }, notice) {
  if (state === "starting" || state === "idle") return null;
  if (state !== "running") return { state, reason: why, retry: instant(retry) };
  if (notice?.type === "end") return { state: "completed", reason: notice.reason, retry: null };
  if (notice?.type !== "state" || notice.state === "starting" || notice.state === "idle") return null;
  const source = sources.find((one) => one.state === notice.state && one.reason === notice.reason);
  return { state: notice.state, reason: notice.reason, retry: instant(source?.next_retry_at) };
}

const sentenceless = (text) => text.replace(/[.\s]+$/, "").replace(/^./, (letter) => letter.toUpperCase());

/**
 * Numbers of a picture, each in words and empty while there is nothing to say.
 * @returns {{fps: string, age: string, rate: string, way: string, lost: string}} `age` is from capture to paint, and grows when nothing
 *   comes; `way` is how it comes
 */
export function pictureFacts({ clock }, picture, isOld, at = now()) {
  const { frame, numbers, drawnAt } = picture;
  if (!frame) return { fps: "", age: "", rate: "", way: "", lost: "" };
  const isStill = isOld || picture.isPaused;
  const isComing = !isStill && numbers !== null && numbers.delay !== null && numbers.delay !== undefined && at - drawnAt < 1_000;
  return {
    fps: isStill || !numbers ? "" : `${rate(numbers.fps)} fps`,
    age: age(isComing ? numbers.delay : clock.since(frame.captured, at)) + (isStill ? " old" : ""),
    rate: isStill || !numbers ? "" : bitRate(numbers.bitsPerSecond),
    way: isStill || !numbers ? "" : way(frame),
    lost: !isStill && numbers?.share >= 0.005 ? `${Math.round(numbers.share * 100)} % lost` : "",
  };
}

const way = ({ codec = "" }) => codec.startsWith("avc1") ? "H.264" : codec.startsWith("hev1") ? "H.265" : "JPEG";
