// A plan's text, to be read and copied.

import { plan } from "./api.js";
import { element } from "./dom.js";

export async function showPlanText(name, title) {
  const text = element("pre", { tabindex: "0", "aria-label": `Text of ${name}`, text: "…" });
  const dialog = element(
    "dialog", { class: "plan-text", "aria-label": title },
    element(
      "header", {},
      element("p", {}, element("strong", { text: title }), ` ${name}.plan`),
      element("button", { class: "button", type: "button", text: "Close", autofocus: true, onclick: () => dialog.close() })),
    text);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  try {
    text.textContent = (await plan(name)).text;
  } catch (error) {
    text.textContent = error.message;
  }
}
