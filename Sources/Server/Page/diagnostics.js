// What the server says about a plan, with its place in the text.

import { element } from "./dom.js";

/** @param {{severity: string, line: number, column: number, message: string, hint?: string}[]} diagnostics */
export function diagnosticList(diagnostics) {
  return element("ul", {}, ...diagnostics.map(({ severity, line, column, message, hint }) => element(
    "li", { class: severity === "warning" ? "is-warning" : null },
    line > 0 ? element("span", { class: "place", text: `${line}:${column}` }) : null,
    element("span", { text: sentence(message) }),
    hint ? element("span", { class: "hint", text: sentence(hint) }) : null)));
}

/** The server's messages have no capital and no full stop; people's sentences have. */
export function sentence(text) {
  const trimmed = String(text ?? "").trim();
  if (trimmed === "") return "";
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?:]$/.test(trimmed) ? "" : ".");
}
