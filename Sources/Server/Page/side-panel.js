// A panel beside the pictures: what is changed in it changes them at once. One at a time.

import { sentence } from "./diagnostics.js";
import { arrange, element, setText } from "./dom.js";
import { focusAgain } from "./modal.js";

let current = null;

export class SidePanel {
  #content = element("div", { class: "panel-fields" });
  #trouble = element("p", { class: "errors", role: "alert", hidden: true });
  #close = element("button", { class: "button button-small", type: "button", text: "Close", onclick: () => this.close() });
  #dialog;
  #opener;

  /**
   * Opens in place of the one that was open; the keyboard goes to its first field, and back when it closes.
   * @param {{label: string, title: string, what: string}} words for those who listen, and what stands in its head
   * @param {...Element} buttons beside the one that closes it
   */
  constructor({ label, title, what }, ...buttons) {
    this.#opener = current?.hasFocus ? current.#opener : document.activeElement;
    current?.close();
    current = this;
    this.#dialog = element(
      "dialog", { class: "side-panel", "aria-label": label },
      element("header", {}, element("p", {}, element("strong", { text: title }), ` ${what}`), ...buttons, this.#close),
      this.#content);
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    document.body.append(this.#dialog);
    this.#dialog.show();
    this.focus();
  }

  get hasFocus() {
    return this.#dialog.contains(document.activeElement);
  }

  get isOpen() {
    return this.#dialog.isConnected;
  }

  close() {
    const hadFocus = this.hasFocus;
    this.#dialog.remove();
    if (current === this) current = null;
    if (hadFocus) focusAgain(this.#opener);
  }

  /** The keyboard goes to the first field. */
  focus() {
    (this.#content.querySelector("input:enabled, select:enabled, button:enabled") ?? this.#close).focus();
  }

  /** The keyboard goes on where it will stay. */
  focusEnd() {
    this.#close.focus();
  }

  /** @param {Element[]} fields those that are there already stay in place @param {string} otherwise what is said where there are none */
  show(fields, otherwise) {
    const words = fields.length === 0 && otherwise ? [element("p", { class: "quiet", text: otherwise })] : [];
    arrange(this.#content, [this.#trouble, ...fields, ...words]);
  }

  /** Says why something could not be; nothing: it could. */
  fail(error) {
    this.#trouble.hidden = !error;
    if (!error) return;
    const { details = [], message } = error;
    setText(this.#trouble, details.length > 0 ? details.map((one) => sentence(one.message)).join(" ") : sentence(message));
    this.#trouble.scrollIntoView({ block: "nearest" });
  }
}
