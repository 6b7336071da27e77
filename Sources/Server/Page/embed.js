// One tap and nothing else, for a frame of another page: /embed/INSTANCE/TAP

import { element } from "./dom.js";
import { InstanceStore } from "./instance-store.js";
import { Pictures } from "./pictures.js";
import { TapStage } from "./tap-stage.js";
import { everyTick } from "./ticking.js";

const [instance, tap] = location.pathname.split("/").slice(-2).map(decodeURIComponent);
const store = new InstanceStore();
const pictures = new Pictures({ link: () => stage.screen.tick(), state: (message) => store.apply(message) });
const stage = new TapStage(pictures, instance, tap, { isFramed: true });

function update() {
  stage.update(store.instanceWith(instance, tap), store.metrics(instance, tap));
}

document.title = `${tap}, ${instance}`;
document.body.append(element("main", { class: "embed-stage", "aria-label": document.title }, stage.node, stage.tools));
document.addEventListener("keydown", (event) => {
  if (stage.key(event)) event.preventDefault();
});
store.listen((ids) => {
  if (ids.has(instance)) update();
});
update();
everyTick(() => stage.screen.tick());
