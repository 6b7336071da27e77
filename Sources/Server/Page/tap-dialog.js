// One tap, as large as the window allows, over the page.

import { announce, element, setText } from "./dom.js";
import { closesOnBackdrop, focusAgain } from "./modal.js";
import { TapStage } from "./tap-stage.js";

/** Opens over the page; closes with Escape, its button, a press beside it, and when the tap is gone. */
export function enlarge(pictures, store, id, tap, { isFullScreen = false } = {}) {
  const opener = document.activeElement;
  const stage = new TapStage(pictures, id, tap);
  const size = element("span", { class: "quiet" });
  const dialog = element(
    "dialog", { class: "enlarged", "aria-label": `${tap}, ${id}`, onkeydown: (event) => {
      if (stage.key(event)) event.preventDefault();
    } },
    element(
      "header", {},
      element("p", { class: "enlarged-name" }, element("strong", { text: tap }), `${id} `, size), stage.tools,
      element("button", { class: "button", type: "button", text: "Close", autofocus: true, onclick: () => dialog.close() })),
    stage.node);

  function update() {
    const instance = store.instanceWith(id, tap);
    if (store.isKnown && !instance) {
      announce(`${tap}, ${id} is gone`);
      dialog.close();
      return;
    }
    stage.update(instance, store.metrics(id, tap));
    setText(size, stage.screen.sourceSize);
  }

  const stopListening = store.listen((ids) => {
    if (ids.has(id)) update();
  });
  const timer = setInterval(() => stage.screen.tick(), 500);
  dialog.addEventListener("close", () => {
    clearInterval(timer);
    stopListening();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    stage.end();
    pictures.leaveAlone(null);
    dialog.remove();
    focusAgain(opener);
  });
  closesOnBackdrop(dialog);
  document.body.append(dialog);
  dialog.showModal();
  pictures.leaveAlone(stage.screen.picture);
  update();
  stage.screen.picture.loadLast();
  if (isFullScreen && dialog.open) stage.toggleFullScreen();
}
