// Who is signed in, in the page's bar, and the way out.

import * as api from "./api.js";
import { announce, element } from "./dom.js";

/** @param {{user: string|null, open: boolean, has_password: boolean}} session */
export function showAccount(session) {
  if (session.open || !session.user) return;
  const out = element("button", {
    class: "button button-small", type: "button", text: "Sign out",
    onclick: async () => {
      out.disabled = true;
      try {
        await api.signOut();
        location.reload();
      } catch (error) {
        announce(error.message);
        out.disabled = false;
      }
    },
  });
  out.hidden = !session.has_password;
  document.querySelector(".bar").append(
    element("p", { class: "account" }, element("span", { class: "account-name", text: session.user }), out));
}
