// A running stage's options as fields: what is changed there changes the pictures at once.

import { changeStage, stages } from "./api.js";
import { sentence } from "./diagnostics.js";
import { element, setText } from "./dom.js";
import { focusAgain } from "./modal.js";
import { field } from "./plan-fields.js";

/** The program's stages do not change while it runs. */
let catalogue = null;
let current = null;

export class StagePanel {
  #instance;
  #stage;
  #options = [];
  #fields = element("div", { class: "stage-fields" });
  #trouble = element("p", { class: "errors", role: "alert", hidden: true });
  #dialog;
  opener;

  /**
   * Opens in place of the one that was open.
   * @param {{name: string, stage: string, options: Object}|undefined} stage of the instance object
   */
  static async open(instance, stage) {
    if (!stage) return;
    const opener = current?.opener ?? document.activeElement;
    current?.close();
    catalogue ??= stages().catch(() => null);
    const known = await catalogue;
    if (!known) catalogue = null;
    const options = known?.find(({ name }) => name === stage.stage)?.options ?? [];
    current?.close();
    current = new StagePanel(instance, stage, options, opener);
  }

  /** @param {Element} opener has the keyboard again when the panel closes */
  constructor(instance, stage, options, opener) {
    this.opener = opener;
    this.#instance = instance;
    this.#stage = stage;
    this.#options = options;
    this.#dialog = element(
      "dialog", { class: "stage-panel", "aria-label": `Options of ${stage.name}, ${instance}` },
      element(
        "header", {},
        element("p", {}, element("strong", { text: stage.name }), ` ${stage.stage}`),
        element("button", {
          class: "button button-small", type: "button", text: "As in the plan", hidden: options.length === 0,
          onclick: () => this.#send(Object.fromEntries(options.map(({ name }) => [name, null]))),
        }),
        element("button", { class: "button button-small", type: "button", text: "Close", onclick: () => this.close() })),
      this.#fields);
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.#fill(stage.options ?? {});
    document.body.append(this.#dialog);
    this.#dialog.show();
    (this.#fields.querySelector("input, select") ?? this.#dialog.querySelector("button"))?.focus();
  }

  close() {
    const hadFocus = this.#dialog.contains(document.activeElement);
    this.#dialog.remove();
    if (current === this) current = null;
    if (hadFocus) focusAgain(this.opener);
  }

  #fill(values) {
    const fields = this.#options.map(({ name, type, minimum, maximum, step, choices, summary }) => {
      const one = field(`${this.#instance}-${this.#stage.name}`, {
        name, type, minimum, maximum, step: step ?? undefined, enum: choices ?? undefined, description: summary, default: values[name],
      });
      one.node.addEventListener("change", () => this.#send({ [name]: one.value() ?? null }, one));
      return one.node;
    });
    this.#fields.replaceChildren(
      this.#trouble, ...(fields.length > 0 ? fields : [element("p", { class: "quiet", text: "This stage has no options." })]));
  }

  async #send(options, changed) {
    this.#trouble.hidden = true;
    changed?.fault(false);
    try {
      const answer = await changeStage(this.#instance, this.#stage.name, options);
      // A field that somebody is typing in is left alone.
      if (!changed) this.#fill(answer.options);
    } catch (error) {
      changed?.fault(true);
      const said = error.details.length > 0 ? error.details.map(({ message }) => sentence(message)).join(" ") : sentence(error.message);
      setText(this.#trouble, said);
      this.#trouble.hidden = false;
      this.#trouble.scrollIntoView({ block: "nearest" });
    }
  }
}
