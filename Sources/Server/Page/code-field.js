// A text area for plans: line numbers beside it, and diagnostics underlined at their place.

import { element } from "./dom.js";
import { carriedOver, linesOf, pieces, rangeOf } from "./source-places.js";

const indent = "  ";

export class CodeField {
  #area = element("textarea", {
    class: "code-text", wrap: "off", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": "Text of the plan",
  });
  #numbers = element("div", { class: "code-numbers", "aria-hidden": "true" });
  #marks = element("pre", { class: "code-marks", "aria-hidden": "true" });
  #diagnostics = [];
  #marked = "";
  /** After Escape, Tab leaves the field as everywhere else. */
  #tabLeaves = false;
  node = element(
    "div", { class: "code" },
    element("div", { class: "code-gutter" }, this.#numbers),
    element("div", { class: "code-pane" }, this.#marks, this.#area));

  /**
   * @param {string} helpId of the element that says how the keys work
   * @param {() => void} changed called after each change of the text
   */
  constructor(helpId, changed) {
    this.#area.setAttribute("aria-describedby", helpId);
    this.#area.addEventListener("input", () => {
      this.#draw();
      changed();
    });
    this.#area.addEventListener("scroll", () => this.#follow());
    this.#area.addEventListener("keydown", (event) => this.#pressed(event));
    this.#area.addEventListener("blur", () => { this.#tabLeaves = false; });
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.#area.setSelectionRange(0, 0);
    this.#area.scrollTo(0, 0);
    this.#diagnostics = [];
    this.#draw();
  }

  focus() {
    this.#area.focus();
  }

  /** @param {Object[]} diagnostics of `text`, which may have been edited since */
  mark(diagnostics, text) {
    this.#diagnostics = diagnostics;
    this.#marked = text;
    const hasErrors = diagnostics.some(({ severity }) => severity === "error");
    this.#area.setAttribute("aria-invalid", String(hasErrors));
    this.#draw();
  }

  /** Puts the caret where a diagnostic is, and selects what it is about. */
  goTo(diagnostic) {
    const [known] = carriedOver([diagnostic], this.#marked, this.text);
    const { start, end } = rangeOf(this.text, known ?? diagnostic);
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
    const height = parseFloat(getComputedStyle(this.#area).lineHeight);
    const top = ((known ?? diagnostic).line - 1) * height;
    if (top < this.#area.scrollTop || top > this.#area.scrollTop + this.#area.clientHeight - 2 * height) {
      this.#area.scrollTop = Math.max(0, top - this.#area.clientHeight / 2);
    }
  }

  #draw() {
    const lines = linesOf(this.text);
    const byLine = new Map();
    for (const diagnostic of carriedOver(this.#diagnostics, this.#marked, this.text)) {
      byLine.set(diagnostic.line, [...(byLine.get(diagnostic.line) ?? []), diagnostic]);
    }
    this.#marks.replaceChildren(...lines.flatMap((line, index) => [
      ...pieces(line, byLine.get(index + 1) ?? []).map(({ text, severity }) =>
        severity === null ? text : element("span", { class: `mark is-${severity}`, text })),
      "\n",
    ]));
    this.#numbers.replaceChildren(...lines.map((_, index) => {
      const severities = (byLine.get(index + 1) ?? []).map(({ severity }) => severity);
      const worst = severities.includes("error") ? "is-error" : severities.length > 0 ? "is-warning" : null;
      return element("span", { class: worst, text: index + 1 });
    }));
    this.#follow();
  }

  #follow() {
    const { scrollLeft, scrollTop } = this.#area;
    this.#marks.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
    this.#numbers.style.transform = `translateY(${-scrollTop}px)`;
  }

  #pressed(event) {
    if (event.key === "Escape" && !this.#tabLeaves) {
      // The first Escape gives Tab back, the second one is the dialog's.
      this.#tabLeaves = true;
      event.preventDefault();
    } else if (event.key === "Tab" && !this.#tabLeaves && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) this.#outdent();
      else this.#insert(indent);
    } else if (!["Escape", "Tab", "Shift"].includes(event.key)) {
      this.#tabLeaves = false;
    }
  }

  #outdent() {
    const { selectionStart, selectionEnd } = this.#area;
    const start = this.text.lastIndexOf("\n", selectionStart - 1) + 1;
    const blanks = /^ {0,2}/.exec(this.text.slice(start))[0].length;
    if (blanks === 0) return;
    this.#area.setSelectionRange(start, start + blanks);
    this.#insert("");
    this.#area.setSelectionRange(Math.max(start, selectionStart - blanks), Math.max(start, selectionEnd - blanks));
  }

  /** As if typed, so that it can be undone. */
  #insert(text) {
    const done = document.execCommand(text === "" ? "delete" : "insertText", false, text);
    if (done) return;
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#area.dispatchEvent(new Event("input"));
  }
}
