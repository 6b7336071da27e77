// A choice between views, shown side by side; a radio group to the keyboard and to screen readers.

import { element } from "./dom.js";

let made = 0;

/**
 * @param {string} label what is chosen
 * @param {Object<string, string>} choices words by value; the first is chosen
 * @param {(value: string) => void} chosen
 */
export function segmented(label, choices, chosen) {
  const name = `choice-${made += 1}`;
  return element(
    "div", { class: "segmented", role: "radiogroup", "aria-label": label },
    ...Object.entries(choices).map(([value, text], index) => element(
      "label", {},
      element("input", { type: "radio", name, value, checked: index === 0, onchange: () => chosen(value) }),
      element("span", { text }))));
}
