// The form that starts a plan, with the server's objections shown where they were caused.

import { start } from "./api.js";
import { diagnosticList, sentence } from "./diagnostics.js";
import { announce, element } from "./dom.js";
import { field } from "./plan-fields.js";

/**
 * @param {{key: string, title: string, placeholder: string, parameters: Object[], request: () => Object}} plan
 *   `key` tells forms apart; `request` gives what is started: {plan} or {text}
 * @param {(instance: Object) => void} started
 * @returns {{node: HTMLFormElement, setEnabled: (is: boolean) => void}}
 */
export function planForm({ key: form, title, placeholder, parameters, request }, started) {
  const fields = parameters.map((parameter) => field(form, parameter, login));
  const nameId = `instance-name-${form}`;
  let isEnabled = true;
  const name = element("input", {
    id: nameId, name: "instance name", type: "text", placeholder, pattern: "[a-z0-9][a-z0-9_\\-]{0,63}", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", "aria-describedby": `${nameId}-help`,
  });
  const errors = element("div", { class: "errors", role: "alert", hidden: true });
  const submit = element("button", { class: "button button-primary", type: "submit", text: "Start" });
  const node = element(
    "form", { class: "plan-form", "aria-label": `Start ${title}`, onsubmit: send },
    ...fields.map(({ node }) => node),
    element(
      "div", { class: "field" },
      element("label", { for: nameId, text: "Instance name" }), name,
      element("p", { class: "help", id: `${nameId}-help`, text: "Optional. Small letters, digits, - and _." })),
    errors, submit);

  /** As whom the camera is asked. */
  function login() {
    const text = (test) => fields[parameters.findIndex(test)]?.value() || undefined;
    const user = text(({ name: key }) => ["user", "username", "login"].includes(key));
    return user === undefined ? {} : { user, password: text(({ format }) => format === "secret") ?? "" };
  }

  async function send(event) {
    event.preventDefault();
    submit.disabled = true;
    show(null);
    const given = {};
    for (const { name: key, value } of fields) {
      const one = value();
      if (one !== undefined) given[key] = one;
    }
    try {
      const instance = await start({ ...request(), parameters: given, ...(name.value ? { id: name.value } : {}) });
      announce(`${instance.id} started`);
      started(instance);
    } catch (error) {
      show(error);
    }
    submit.disabled = !isEnabled;
  }

  function show(error) {
    errors.hidden = error === null;
    for (const one of fields) one.fault(error?.details?.some((detail) => concerns(detail, one.name)) ?? false);
    errors.replaceChildren();
    if (!error) return;
    errors.append(element("p", { text: sentence(error.message) }));
    if (error.details?.length > 0) errors.append(diagnosticList(error.details));
  }

  return {
    node,
    setEnabled(is) {
      isEnabled = is;
      submit.disabled = !is;
    },
  };
}

/** Whether a diagnostic is about the parameter of this name. */
function concerns({ code = "", message = "" }, name) {
  return code.includes("parameter") && message.split(/[^a-z0-9_-]+/).includes(name);
}
