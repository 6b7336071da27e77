// Buttons with a sign instead of a word; the word is for the pointer that rests on them and for those who listen.

import { element, svg } from "./dom.js";

/** Lines in a square of 20. */
const paths = {
  boxes: "M4 8V5a1 1 0 0 1 1-1h3M12 4h3a1 1 0 0 1 1 1v3M16 12v3a1 1 0 0 1-1 1h-3M8 16H5a1 1 0 0 1-1-1v-3M8 8h4v4H8z",
  snapshot: "M3 7h3l1.5-2h5L14 7h3v9H3zM10 8.5a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5",
  fullScreen: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  zoomIn: "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M12.5 12.5 17 17M6 8.5h5M8.5 6v5",
  zoomOut: "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M12.5 12.5 17 17M6 8.5h5",
  pause: "M7 4v12M13 4v12",
  play: "M6 4l9 6-9 6z",
  close: "M5 5l10 10M15 5 5 15",
};

/** @param {keyof paths} icon @param {string} label what it does, with its key if it has one */
export function iconButton(icon, label, onclick, properties = {}) {
  return element(
    "button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick, ...properties },
    svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, svg("path", { d: paths[icon] })));
}

/** Gives a button another sign and another word. */
export function changeIcon(button, icon, label) {
  if (button.title === label) return;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.querySelector("path").setAttribute("d", paths[icon]);
}
