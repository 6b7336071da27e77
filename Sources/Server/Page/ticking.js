// What changes with time alone is written twice a second, while the page is looked at.

/** @param {() => void} tick */
export function everyTick(tick) {
  setInterval(() => {
    if (!document.hidden) tick();
  }, 500);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });
}
