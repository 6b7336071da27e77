// A running stage's options as fields.

import { changeStage, stages } from "./api.js";
import { element } from "./dom.js";
import { field } from "./plan-fields.js";
import { SidePanel } from "./side-panel.js";

/** The program's stages do not change while it runs. */
let catalogue = null;
/** Which was asked for last: the catalogue may come late. */
let asked = 0;

export class StagePanel {
  #instance;
  #stage;
  #options;
  #panel;

  /** @param {{name: string, stage: string, options: Object}|undefined} stage of the instance object */
  static async open(instance, stage) {
    if (!stage) return;
    asked += 1;
    const number = asked;
    catalogue ??= stages().catch(() => null);
    const known = await catalogue;
    if (!known) catalogue = null;
    if (number !== asked) return;
    new StagePanel(instance, stage, known?.find(({ name }) => name === stage.stage)?.options ?? []);
  }

  constructor(instance, stage, options) {
    this.#instance = instance;
    this.#stage = stage;
    this.#options = options;
    const asPlanned = element("button", {
      class: "button button-small", type: "button", text: "As in the plan", hidden: options.length === 0,
      onclick: () => this.#send(Object.fromEntries(options.map(({ name }) => [name, null]))),
    });
    this.#panel = new SidePanel(
      { label: `Options of ${stage.name}, ${instance}`, title: stage.name, what: stage.stage }, asPlanned);
    this.#fill(stage.options ?? {});
    this.#panel.focus();
  }

  #fill(values) {
    const fields = this.#options.map(({ name, type, minimum, maximum, step, choices, summary }) => {
      const one = field(`${this.#instance}-${this.#stage.name}`, {
        name, type, minimum, maximum, step: step ?? undefined, enum: choices ?? undefined, description: summary, default: values[name],
      });
      one.node.addEventListener("change", () => this.#send({ [name]: one.value() ?? null }, one));
      return one.node;
    });
    this.#panel.show(fields, "This stage has no options.");
  }

  async #send(options, changed) {
    this.#panel.fail(null);
    changed?.fault(false);
    try {
      const answer = await changeStage(this.#instance, this.#stage.name, options);
      // A field that somebody is typing in is left alone.
      if (!changed) this.#fill(answer.options);
    } catch (error) {
      changed?.fault(true);
      this.#panel.fail(error);
    }
  }
}
