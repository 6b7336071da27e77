// What is said about a tap: one place for the tile and for the enlarged view.

import { age, rate } from "./format.js";

const live = new Set(["starting", "running", "stalled", "retrying"]);

/** Whether new pictures can still come in this state. */
export const isLive = (state) => live.has(state);

/** "1280 × 720 · 30 fps · 41 ms" with what is known of it. */
export function facts(metrics, instance) {
  const parts = [];
  if (metrics?.width > 0) parts.push(`${metrics.width} × ${metrics.height}`);
  if (instance.state === "running" && metrics) parts.push(`${rate(metrics.fps ?? 0)} fps`);
  const milliseconds = frameAge(metrics, instance);
  if (milliseconds !== null) parts.push(`${age(milliseconds)} old`);
  return parts.join(" · ");
}

/** The note over a picture that is not live; empty when it is. */
export function note(metrics, instance, hasPicture) {
  if (instance.state === "running" && hasPicture) return "";
  if (!hasPicture) return isLive(instance.state) ? "Waiting for the first picture" : "No picture";
  if (instance.state === "completed") return "Last picture";
  const milliseconds = frameAge(metrics, instance);
  return milliseconds === null ? "Last picture" : `Last picture, ${age(milliseconds)} old`;
}

function frameAge(metrics, instance) {
  return metrics?.last_frame_age_ms ?? instance.last_frame_age_ms ?? null;
}
