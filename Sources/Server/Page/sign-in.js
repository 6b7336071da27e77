// The form in which somebody signs in, or a fresh machine's first admin is made. It stands in place of the page.

import * as api from "./api.js";
import { element, setText } from "./dom.js";

export class SignIn {
  #key;
  #name;
  #password;
  #again;
  #button;
  #problem;
  #node;
  #done;

  /** @param {string|null} key of the link that makes the first admin; null: somebody signs in */
  constructor(key) {
    this.#key = key;
    const makes = key !== null;
    this.#name = element("input", {
      id: "sign-in-name", name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false",
      required: true, maxlength: 64,
    });
    this.#password = this.#secret("sign-in-password", makes ? "new-password" : "current-password");
    this.#again = makes ? this.#secret("sign-in-again", "new-password") : null;
    this.#problem = element("p", { class: "errors", role: "alert" });
    this.#button = element("button", {
      class: "button button-primary", type: "submit", text: makes ? "Make the first admin" : "Sign in",
    });
    this.#node = element(
      "form", { class: "sign-in", "aria-labelledby": "sign-in-title", onsubmit: (event) => this.#send(event) },
      element("h2", { id: "sign-in-title", text: makes ? "The first admin" : "Sign in" }),
      makes ? element("p", { class: "quiet", text: "From now on everybody signs in, at this machine too." }) : null,
      this.#field("Name", this.#name), this.#field("Password", this.#password),
      this.#again ? this.#field("Password once more", this.#again) : null,
      this.#problem, this.#button);
  }

  #secret(id, autocomplete) {
    return element("input", { id, name: id, type: "password", autocomplete, required: true, maxlength: 256 });
  }

  #field(label, input) {
    return element("div", { class: "field" }, element("label", { for: input.id, text: label }), input);
  }

  /** Resolves with the session once somebody has signed in; the page is as it was then. */
  shown() {
    const main = document.querySelector("main");
    main.hidden = true;
    document.body.classList.add("is-signed-out");
    main.before(this.#node);
    this.#name.focus();
    return new Promise((resolve) => {
      this.#done = (session) => {
        this.#node.remove();
        main.hidden = false;
        document.body.classList.remove("is-signed-out");
        resolve(session);
      };
    });
  }

  async #send(event) {
    event.preventDefault();
    if (this.#again && this.#again.value !== this.#password.value) {
      setText(this.#problem, "These are two different passwords.");
      return this.#again.focus();
    }
    this.#button.disabled = true;
    setText(this.#problem, "");
    const [user, password] = [this.#name.value.trim(), this.#password.value];
    try {
      const session = this.#key === null
        ? await api.signIn(user, password) : await api.makeFirstAdmin(this.#key, user, password);
      this.#done(session);
    } catch (error) {
      setText(this.#problem, error.message);
      // A link that is over makes nobody; whoever was made meanwhile signs in.
      if (error.code === "setup_over") this.#key = null;
      this.#password.select();
      this.#password.focus();
    } finally {
      this.#button.disabled = false;
    }
  }
}
