// A form field for one plan parameter, a stage's option or a camera's control, from JSON Schema words.

import { devices } from "./api.js";
import { cameraSearch } from "./camera-search.js";
import { element } from "./dom.js";
import { htmlPattern } from "./html-pattern.js";

/**
 * @param {() => {user?: string, password?: string}} [login] as whom a camera is asked; where there is none, none is looked for
 * @returns {{node: Element, name: string, value: () => (string|number|boolean|undefined), fault: (is: boolean) => void}}
 *   `value` is undefined when the field is empty: then the plan's default stands
 */
export function field(plan, parameter, login) {
  const id = `field-${plan}-${parameter.name}`;
  const help = helpText(parameter);
  const input = control(id, parameter);
  if (help) input.setAttribute("aria-describedby", `${id}-help`);
  input.disabled = parameter.isOff === true;
  const label = element("label", { for: id, text: parameter.title ?? parameter.name });
  const helpNode = help ? element("p", { class: "help", id: `${id}-help`, text: help }) : null;
  const isSwitch = parameter.type === "boolean" && !parameter.enum;
  // What a search finds are RTSP streams.
  const isCamera = login && parameter.format === "uri" && !parameter.enum && (parameter.schemes ?? ["rtsp"]).includes("rtsp");
  return {
    node: element(
      "div", { class: isSwitch ? "field field-switch" : "field" }, label, input, input.offers, helpNode,
      isCamera ? cameraSearch(input, login) : null),
    name: parameter.name,
    value: () => read(input, parameter),
    fault: (is) => is ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid"),
  };
}

function control(id, parameter) {
  const { name, type, format, schemes, default: standard, minimum, maximum, step, enum: choices, labels, pattern } = parameter;
  const required = (standard === undefined || standard === null) && !parameter.secret;
  // What is shown masked must not be sent back.
  const isMasked = typeof standard === "string" && standard.includes("***");
  if (choices) {
    return element(
      "select", { id, name, required },
      required ? element("option", { value: "", text: "Choose" }) : null,
      ...choices.map((choice, index) =>
        element("option", { value: index, text: String(labels?.[index] ?? choice), selected: choice === standard })));
  }
  if (type === "boolean") return element("input", { id, name, type: "checkbox", checked: standard === true });
  if (type === "integer" || type === "number") {
    return element("input", {
      id, name, type: "number", min: minimum, max: maximum, step: step ?? (type === "integer" ? 1 : "any"), required,
      value: required ? null : standard, inputmode: type === "integer" ? "numeric" : "decimal",
    });
  }
  const camera = schemes?.[0]?.startsWith("http") ? `${schemes[0]}://192.168.0.20/video.mjpg` : "rtsp://192.168.0.20/main";
  const placeholder = { uri: camera, device: "/dev/video0", path: "film.mp4" }[format];
  if (format === "device") return deviceControl({ id, name, required, standard, placeholder });
  return element("input", {
    id, name, type: format === "secret" ? "password" : "text", required,
    value: required || isMasked ? null : standard, placeholder: isMasked ? standard : placeholder, inputmode: format === "uri" ? "url" : null,
    pattern: pattern ? htmlPattern(pattern) : null,
    autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  });
}

/** The cameras that are there are offered; another may be named, too: it may be plugged in later. */
function deviceControl({ id, name, required, standard, placeholder }) {
  const found = element("datalist", { id: `${id}-found` });
  const input = element("input", {
    id, name, type: "text", required, value: required ? null : standard, placeholder, list: found.id,
    autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    onfocus: async () => {
      const cameras = await devices().catch(() => []);
      found.replaceChildren(...cameras.map(({ device, path, name: called, users }) => {
        const inUse = users.length > 0 ? ", in use" : "";
        return element("option", { value: device, label: device === path ? `${called}${inUse}` : `${called}, ${path}${inUse}` });
      }));
    },
  });
  // What is offered belongs to the field.
  return Object.assign(input, { offers: found });
}

function read(input, { type, enum: choices }) {
  if (choices) return input.value === "" ? undefined : choices[Number(input.value)];
  if (type === "boolean") return input.checked;
  if (input.value === "") return undefined;
  return type === "integer" || type === "number" ? Number(input.value) : input.value;
}

function helpText({ description, minimum, maximum }) {
  const known = (limit) => limit !== undefined && limit !== null;
  const range = known(minimum) && known(maximum) ? `${minimum} to ${maximum}`
    : known(minimum) ? `at least ${minimum}` : known(maximum) ? `at most ${maximum}` : "";
  return [description?.replace(/\.$/, ""), range].filter(Boolean).join(", ");
}
