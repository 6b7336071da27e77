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

/**
 * The same with codes, each a button that leads to its place.
 * @param {(diagnostic: Object) => void} go
 */
export function problemList(diagnostics, go) {
  return element("ul", { class: "problem-list" }, ...diagnostics.map((diagnostic) => {
    const { severity, line, column, code, message, hint } = diagnostic;
    return element("li", {}, element(
      "button", { class: `problem is-${severity}`, type: "button", onclick: () => go(diagnostic) },
      element(
        "span", { class: "problem-head" },
        element("span", { class: "problem-severity", text: severity === "error" ? "Error" : "Warning" }),
        element("span", { class: "place", text: `${line}:${column}` }),
        element("code", { text: code })),
      element("span", { class: "problem-text", text: sentence(message) }),
      hint ? element("span", { class: "hint", text: sentence(hint) }) : null));
  }));
}

/** The server's messages have no capital and no full stop; people's sentences have. */
export function sentence(text) {
  const trimmed = String(text ?? "").trim();
  if (trimmed === "") return "";
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?:]$/.test(trimmed) ? "" : ".");
}
