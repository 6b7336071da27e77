// A plan written in the page: its text with what is wrong with it, its graph, and the form that starts it.

import { CodeField } from "./code-field.js";
import { problemList, sentence } from "./diagnostics.js";
import { element, setText } from "./dom.js";
import { count } from "./format.js";
import { GraphView } from "./graph-view.js";
import { planForm } from "./plan-form.js";
import { Validation } from "./validation.js";

const example = `---
title: My plan
parameters:
  width: {type: integer, default: 640, minimum: 64, maximum: 1920}
---
videotestsrc is-live=true
  ! video/x-raw,width=\${width},height=360,framerate=25/1
  ! blur name=soft kernel=7
  ! streamtap name=live
`;
const helpText = "Tab indents. Escape, then Tab leaves the text.";

/** Made once: what somebody has written is still there when the editor is opened again. */
export class PlanEditor {
  #started;
  #code = new CodeField("editor-help", () => this.#changed());
  #graph = new GraphView();
  #hasGraph = false;
  #graphNote = element("p", { class: "graph-note quiet" });
  #summary = element("p", { class: "problems-summary", role: "status" });
  #problems = element("div", { class: "problems-list", "aria-label": "Problems", role: "region" });
  #formPlace = element("div", { class: "editor-form" });
  #form = null;
  #parameters = null;
  #validation = new Validation((answer, text) => this.#show(answer, text), (error) => this.#fail(error));
  #dialog;

  /** @param {(instance: Object) => void} started */
  constructor(started) {
    this.#started = started;
    const title = element("p", {}, element("strong", { text: "Plan" }), element("span", { id: "editor-help", text: helpText }));
    this.#dialog = element(
      "dialog", { class: "editor", "aria-label": "Plan editor" },
      element(
        "header", {}, title,
        element("button", { class: "button", type: "button", text: "Close", onclick: () => this.#dialog.close() })),
      element(
        "div", { class: "editor-body" },
        this.#code.node,
        element(
          "div", { class: "editor-side" },
          element("section", { class: "problems", "aria-label": "Problems" }, this.#summary, this.#problems),
          this.#formPlace),
        element("section", { class: "editor-graph", "aria-label": "Graph" }, this.#graphNote, this.#graph.node)));
    this.#dialog.addEventListener("close", () => this.#validation.ask(null));
    document.body.append(this.#dialog);
    this.#code.text = example;
  }

  /** @param {string} [text] what is edited; nothing: what was there before */
  open(text) {
    if (text !== undefined) this.#code.text = text;
    this.#dialog.showModal();
    this.#code.focus();
    this.#form?.setEnabled(false);
    this.#validation.ask(this.#code.text, 0);
  }

  #changed() {
    this.#form?.setEnabled(false);
    this.#validation.ask(this.#code.text);
  }

  #show(answer, text) {
    const { valid, diagnostics } = answer;
    this.#code.mark(diagnostics, text);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    const warnings = diagnostics.length - errors;
    this.#summary.dataset.state = errors > 0 ? "bad" : warnings > 0 ? "warned" : "good";
    setText(this.#summary, [
      errors > 0 ? count(errors, "error", "errors") : null, warnings > 0 ? count(warnings, "warning", "warnings") : null,
    ].filter(Boolean).join(", ") || "No problems");
    this.#problems.replaceChildren(problemList(diagnostics, (diagnostic) => this.#code.goTo(diagnostic)));
    this.#draw(answer);
    if (valid) this.#makeForm(answer.parameters ?? []);
    this.#form?.setEnabled(valid);
  }

  /** A text that does not parse has no graph: the last one stays, and says so. */
  #draw({ nodes, edges }) {
    const isKnown = nodes.length > 0;
    if (isKnown) this.#graph.show({ nodes, edges }, "the plan");
    this.#graph.node.classList.toggle("is-old", !isKnown);
    this.#hasGraph ||= isKnown;
    setText(
      this.#graphNote, isKnown ? "" : this.#hasGraph
        ? "This is the graph of what could be read before." : "The graph appears when the text can be read.");
    this.#graphNote.hidden = isKnown;
  }

  #fail(error) {
    this.#summary.dataset.state = "bad";
    setText(this.#summary, `Not checked: ${sentence(error.message)}`);
  }

  /** Fields are made anew only when the parameters have changed, and keep what was typed. */
  #makeForm(parameters) {
    const key = JSON.stringify(parameters);
    if (key === this.#parameters) return;
    this.#parameters = key;
    const form = planForm(
      { key: "editor", title: "the plan", placeholder: "plan", parameters, request: () => ({ text: this.#code.text }) },
      (instance) => {
        this.#dialog.close();
        this.#started(instance);
      });
    for (const old of this.#form?.node.elements ?? []) {
      const now = form.node.elements.namedItem(old.name);
      if (!now || now.type !== old.type || old.name === "") continue;
      if (now.type === "checkbox") now.checked = old.checked;
      else if (old.value !== old.defaultValue) now.value = old.value;
    }
    this.#form = form;
    this.#formPlace.replaceChildren(form.node);
  }
}
