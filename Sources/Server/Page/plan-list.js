// The plans of the plans directory, each with the form that starts it and its text.

import { diagnosticList } from "./diagnostics.js";
import { arrange, element, setText } from "./dom.js";
import { count } from "./format.js";
import { planForm } from "./plan-form.js";
import { showPlan } from "./plan-dialog.js";
import { PlanEditor } from "./plan-editor.js";

export class PlanList {
  #list = document.getElementById("plan-list");
  #summary = document.getElementById("plans-summary");
  #cards = new Map();
  #started;
  #write = document.getElementById("write-plan");
  /** Only where the server takes a plan's text. */
  #editor = null;
  #empty = element(
    "li", { class: "empty" },
    element("p", { class: "empty-title", text: "No plans" }),
    element("p", { text: "Put a NAME.plan file into the plans directory, and it appears here." }));

  /** @param {(instance: Object) => void} started */
  constructor(started) {
    this.#started = started;
    this.#write.addEventListener("click", () => this.#editor?.open());
  }

  /** @param {{plans: Object[], allows_plan_text: boolean}} answer */
  update({ plans, allows_plan_text: allowsText }) {
    this.#list.removeAttribute("aria-busy");
    if (allowsText) this.#editor ??= new PlanEditor(this.#started);
    this.#write.hidden = !allowsText;
    // A card is made anew only when its plan has changed: what somebody is typing stays.
    const cards = new Map(plans.map((plan) => {
      const source = JSON.stringify(plan);
      const known = this.#cards.get(plan.name);
      return [plan.name, known?.source === source ? known : { source, node: this.#card(plan) }];
    }));
    this.#cards = cards;
    arrange(this.#list, cards.size > 0 ? [...cards.values()].map(({ node }) => node) : [this.#empty]);
    setText(this.#summary, cards.size > 0 ? count(cards.size, "plan", "plans") : "");
  }

  #card(plan) {
    const title = plan.title ?? plan.name;
    const errors = (plan.diagnostics ?? []).filter(({ severity }) => severity === "error");
    const form = errors.length > 0 ? brokenPlan(errors) : planForm(
      { key: plan.name, title, placeholder: plan.name, parameters: plan.parameters ?? [], request: () => ({ plan: plan.name }) },
      (instance) => {
        setOpen(false);
        this.#started(instance);
      }).node;
    const body = element("div", { class: "plan-body", id: `plan-body-${plan.name}` }, form);
    const toggle = element(
      "button", {
        class: "plan-toggle", type: "button", "aria-controls": body.id, onclick: () => setOpen(body.hidden),
      },
      element(
        "span", { class: "plan-title" }, `${title} `,
        errors.length > 0 ? element("span", { class: "plan-fault", text: count(errors.length, "error", "errors") }) : null),
      element("span", { class: "plan-name", text: plan.name }));

    function setOpen(open) {
      body.hidden = !open;
      toggle.setAttribute("aria-expanded", String(open));
      if (open) form.querySelector("input, select")?.focus({ preventScroll: true });
    }

    body.prepend(element(
      "p", { class: "plan-taps" },
      ...(plan.taps ?? []).map((tap) => element("span", { class: "chip", text: tap })),
      element("button", {
        class: "button-link", type: "button", text: "Graph and text",
        onclick: () => showPlan(plan.name, title, this.#editor ? (text) => this.#editor.open(text) : null),
      })));
    setOpen(false);
    return element("li", { class: "plan" }, toggle, body);
  }
}

/** Stands where the form would be: a plan with errors cannot be started. */
function brokenPlan(errors) {
  return element(
    "div", { class: "errors" }, element("p", { text: "This plan has errors and cannot run." }), diagnosticList(errors));
}
