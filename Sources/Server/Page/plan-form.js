// The form that starts a plan, with the server's objections shown where they were caused.

import { start } from "./api.js";
import { diagnosticList, sentence } from "./diagnostics.js";
import { announce, element } from "./dom.js";
import { field } from "./plan-fields.js";

/** @param {(instance: Object) => void} started */
export function planForm(plan, started) {
  const fields = (plan.parameters ?? []).map((parameter) => field(plan.name, parameter));
  const nameId = `instance-name-${plan.name}`;
  const name = element("input", {
    id: nameId, type: "text", placeholder: plan.name, pattern: "[a-z0-9][a-z0-9_\\-]{0,63}", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", "aria-describedby": `${nameId}-help`,
  });
  const errors = element("div", { class: "errors", role: "alert", hidden: true });
  const submit = element("button", { class: "button button-primary", type: "submit", text: "Start" });
  const form = element(
    "form", { class: "plan-form", "aria-label": `Start ${plan.title ?? plan.name}`, onsubmit: send },
    ...fields.map(({ node }) => node),
    element(
      "div", { class: "field" },
      element("label", { for: nameId, text: "Instance name" }), name,
      element("p", { class: "help", id: `${nameId}-help`, text: "Optional. Small letters, digits, - and _." })),
    errors, submit);

  async function send(event) {
    event.preventDefault();
    submit.disabled = true;
    show(null);
    const parameters = {};
    for (const { name: key, value } of fields) {
      const given = value();
      if (given !== undefined) parameters[key] = given;
    }
    try {
      const instance = await start({ plan: plan.name, parameters, ...(name.value ? { id: name.value } : {}) });
      announce(`${instance.id} started`);
      started(instance);
    } catch (error) {
      show(error);
    }
    submit.disabled = false;
  }

  function show(error) {
    errors.hidden = error === null;
    for (const one of fields) one.fault(error?.details?.some((detail) => concerns(detail, one.name)) ?? false);
    errors.replaceChildren();
    if (!error) return;
    errors.append(element("p", { text: sentence(error.message) }));
    if (error.details?.length > 0) errors.append(diagnosticList(error.details));
  }

  return form;
}

/** Whether a diagnostic is about the parameter of this name. */
function concerns({ code = "", message = "" }, name) {
  return code.includes("parameter") && message.split(/[^a-z0-9_-]+/).includes(name);
}
