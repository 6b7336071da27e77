// A plan as it stands: its graph, and its text to be read and copied.

import { plan } from "./api.js";
import { element } from "./dom.js";
import { GraphView } from "./graph-view.js";
import { closesOnBackdrop } from "./modal.js";

/** @param {((text: string) => void)|null} edit opens an editor with the plan's text; null where there is none */
export async function showPlan(name, title, edit) {
  const graph = new GraphView();
  const text = element("pre", { tabindex: "0", "aria-label": `Text of ${name}`, text: "…" });
  const editCopy = element("button", {
    class: "button", type: "button", text: "Edit a copy", disabled: true, hidden: edit === null,
    onclick: () => {
      dialog.close();
      edit(text.textContent);
    },
  });
  const dialog = element(
    "dialog", { class: "plan-dialog", "aria-label": title },
    element(
      "header", {},
      element("p", {}, element("strong", { text: title }), ` ${name}.plan`), editCopy,
      element("button", { class: "button", type: "button", text: "Close", autofocus: true, onclick: () => dialog.close() })),
    graph.node, text);
  dialog.addEventListener("close", () => dialog.remove());
  closesOnBackdrop(dialog);
  document.body.append(dialog);
  dialog.showModal();
  try {
    const answer = await plan(name);
    graph.node.hidden = answer.nodes.length === 0;
    graph.show(answer, name);
    text.textContent = answer.text;
    editCopy.disabled = false;
  } catch (error) {
    graph.node.hidden = true;
    text.textContent = error.message;
  }
}
