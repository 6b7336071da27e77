// One tap, as large as the window allows, with what was found in it.

import { instanceGraph, pictureAddress } from "./api.js";
import { DetectionBoxes } from "./detection-boxes.js";
import { element, setText } from "./dom.js";
import { LivePicture } from "./live-picture.js";
import { facts, isLive, note } from "./tap-facts.js";
import { stagesBefore } from "./tap-upstream.js";

/**
 * Opens over the page; closes with Escape, its button, or a press beside the picture.
 * @param {() => {instance: Object, metrics: Object|null}} current what is known of the tap now
 */
export function enlarge({ id }, tap, current) {
  const picture = new LivePicture(id, tap, { drawn: describe });
  const boxes = new DetectionBoxes();
  const factsText = element("span", { class: "tap-facts" });
  const noteText = element("span", { class: "screen-note" });
  const detections = element("input", { type: "checkbox", onchange: describe });
  const detectionsField = element("label", { class: "switch", hidden: true }, detections, "Detections");
  const screen = element("div", { class: "screen" }, picture.canvas, boxes.node, noteText);
  const dialog = element(
    "dialog", { class: "enlarged", "aria-label": `${tap}, ${id}` },
    element(
      "header", {},
      element("p", { class: "enlarged-name" }, element("strong", { text: tap }), ` ${id}`),
      factsText, detectionsField,
      element("a", { class: "button", href: pictureAddress(id, tap), download: `${id}-${tap}.jpg`, text: "Save" }),
      element("button", {
        class: "button", type: "button", text: "Full screen", hidden: !document.fullscreenEnabled,
        onclick: () => document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen(),
      }),
      element("button", { class: "button", type: "button", text: "Close", autofocus: true, onclick: () => dialog.close() })),
    screen);

  function describe() {
    const { instance, metrics } = current();
    picture.askForDetections(detections.checked);
    picture.update(isLive(instance.state), { width: metrics?.width ?? 0, height: metrics?.height ?? 0 });
    if (detections.checked && picture.detections) boxes.show(picture.detections, picture.canvas);
    else boxes.clear();
    setText(factsText, facts(metrics, instance));
    const text = note(metrics, instance, picture.hasPicture);
    setText(noteText, text);
    noteText.hidden = text === "";
  }

  /** Where no stage has looked there is nothing to show; where `overlay` has drawn, it would be drawn twice. */
  async function offerDetections() {
    const graph = await instanceGraph(id).catch(() => null);
    const stages = graph ? stagesBefore(graph, tap) : new Set();
    detectionsField.hidden = stages.size === 0;
    detections.checked = stages.size > 0 && !stages.has("overlay");
    describe();
  }

  const timer = setInterval(describe, 500);
  dialog.addEventListener("close", () => {
    clearInterval(timer);
    picture.end();
    dialog.remove();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  picture.load(pictureAddress(id, tap));
  offerDetections();
}
