// What can be set on a camera at the server's machine, as fields: exposure, gain, focus.

import { cameraControls, changeControls } from "./api.js";
import { element } from "./dom.js";
import { field } from "./plan-fields.js";
import { SidePanel } from "./side-panel.js";

export class CameraPanel {
  #instance;
  #source;
  #panel;
  #asPlanned;
  /** By the control's name: {field, shown}; `shown` is what the field was made of, null once somebody has changed it. */
  #fields = new Map();
  #changes = {};
  /** One request after the other, so that the newest answer is of the newest. */
  #last = Promise.resolve();

  /** @param {{name: string, device: string}|undefined} source of the instance object */
  static open(instance, source) {
    if (source?.device) new CameraPanel(instance, source);
  }

  constructor(instance, { name, device }) {
    this.#instance = instance;
    this.#source = name;
    this.#asPlanned = element("button", {
      class: "button button-small", type: "button", text: "As in the plan", hidden: true,
      onclick: () => this.#send(Object.fromEntries(Object.keys(this.#changes).map((control) => [control, null]))),
    });
    this.#panel = new SidePanel({ label: `Controls of ${name}, ${instance}`, title: name, what: device }, this.#asPlanned);
    this.#panel.show([], "The camera is being asked.");
    this.#read();
  }

  async #read() {
    try {
      const answer = await cameraControls(this.#instance, this.#source);
      const hadFocus = this.#panel.hasFocus;
      this.#fill(answer);
      if (hadFocus) this.#panel.focus();
    } catch (error) {
      this.#panel.show([]);
      this.#panel.fail(error);
    }
  }

  #send(controls, changed) {
    this.#last = this.#last.then(async () => {
      if (!this.#panel.isOpen) return;
      this.#panel.fail(null);
      changed?.fault(false);
      try {
        this.#fill(await changeControls(this.#instance, this.#source, controls));
      } catch (error) {
        changed?.fault(true);
        this.#panel.fail(error);
      }
    });
  }

  /** What one control decides over others shows at once: the exposure's time, when exposure is no longer automatic. */
  #fill({ controls, changes }) {
    this.#changes = changes;
    const isAsPlanned = Object.keys(changes).length === 0;
    if (isAsPlanned && document.activeElement === this.#asPlanned) this.#panel.focusEnd();
    this.#asPlanned.hidden = isAsPlanned;
    const focused = document.activeElement;
    const before = this.#fields;
    this.#fields = new Map(controls.map((control) => {
      const known = before.get(control.name);
      const shown = JSON.stringify(control);
      // A field that somebody is typing in is left alone, as is what has not changed.
      const stays = known && (known.shown === shown || known.field.node.contains(focused));
      return [control.name, stays ? known : { field: this.#field(control), shown }];
    }));
    this.#panel.show([...this.#fields.values()].map((one) => one.field.node), "Nothing can be set on this camera.");
  }

  #field(control) {
    const { name, title, kind, value, default: standard, minimum, maximum, step, choices, inactive, read_only: isReadOnly } = control;
    const isOff = inactive || isReadOnly;
    if (kind === "button") {
      const press = element("button", {
        class: "button button-small", type: "button", text: title, disabled: isOff, onclick: () => this.#send({ [name]: true }),
      });
      return { node: element("div", { class: "field" }, press) };
    }
    const type = { boolean: "boolean", choice: "choice" }[kind] ?? "integer";
    const usual = { boolean: standard === 1 ? "on" : "off", choice: choices?.find((one) => one.value === standard)?.name }[kind] ?? standard;
    const description = isReadOnly ? "Can only be read" : inactive ? "Something else decides it just now" : `Usually ${usual}`;
    const one = field(`${this.#instance}-${this.#source}`, {
      name, title, type, description, ...type === "integer" ? { minimum, maximum, step: kind === "bits" ? 1 : step } : {},
      enum: choices?.map((choice) => choice.value), labels: choices?.map((choice) => choice.name),
      default: type === "boolean" && value !== undefined ? value === 1 : value, isOff,
    });
    one.node.addEventListener("change", () => {
      this.#fields.get(name).shown = null;
      this.#send({ [name]: one.value() ?? null }, one);
    });
    return one;
  }
}
