// What changes with time alone is written twice a second, while the page is looked at.

import { hasSlept } from "./age-clock.js";

/** @param {() => void} tick */
export function everyTick(tick) {
  setInterval(() => {
    hasSlept();
    if (!document.hidden) tick();
  }, 500);
  document.addEventListener("visibilitychange", () => {
    hasSlept();
    if (!document.hidden) tick();
  });
}
