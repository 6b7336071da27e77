// Puts the page together: one socket for pictures and for what becomes of the server, and who shows it.

import { showAccount } from "./account.js";
import * as api from "./api.js";
import { BackOff } from "./back-off.js";
import { Connection } from "./connection.js";
import { InstanceList } from "./instance-list.js";
import { InstanceStore } from "./instance-store.js";
import { Pictures } from "./pictures.js";
import { PlanList } from "./plan-list.js";
import * as session from "./session.js";
import { StateAnnouncer } from "./state-announcer.js";
import { everyTick } from "./ticking.js";
import { readWall } from "./wall-address.js";
import { Wall } from "./wall.js";

showAccount(await session.begin());

const connection = new Connection();
const store = new InstanceStore();
const pictures = new Pictures({
  link: () => {
    connection.update(pictures.link);
    if (pictures.link.isRefused) session.askAgain();
    shown.tick();
  },
  state: (message) => {
    store.apply(message);
    // Plans may have changed while the server was away.
    if (message.type === "snapshot" || message.type === "plans_changed") loadPlans?.();
  },
});
new StateAnnouncer(store);
const isWall = readWall(location.search) !== null;
document.querySelector(isWall ? ".view-wall" : ".view-all").setAttribute("aria-current", "page");
const shown = isWall ? new Wall(pictures, store) : new InstanceList(pictures, store);
const loadPlans = isWall || !session.may("operator") ? null : planLoader();

if (isWall) {
  document.body.classList.add("has-wall");
  document.querySelector("main").replaceChildren(shown.node);
}
everyTick(() => {
  connection.update(pictures.link);
  shown.tick();
});

/** Plans are files that people edit: a new one appears without a reload. */
function planLoader() {
  const list = new PlanList((instance) => {
    const stop = store.listen((ids) => {
      if (!ids.has(instance.id)) return;
      stop();
      document.getElementById(`instance-${instance.id}`)?.scrollIntoView({ block: "nearest" });
    });
  });
  const backOff = new BackOff();
  let timer = 0;
  return async function load() {
    clearTimeout(timer);
    try {
      list.update(await api.plans());
      backOff.reset();
    } catch {
      // A server that is away says so by itself; one that cannot read its plans now may later.
      timer = setTimeout(load, backOff.next());
    }
  };
}
