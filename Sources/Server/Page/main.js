// Puts the page together: what is asked of the server, how often, and who shows it.

import * as api from "./api.js";
import { setText } from "./dom.js";
import { InstanceList } from "./instance-list.js";
import { PlanList } from "./plan-list.js";
import { Refresh } from "./refresh.js";

const connection = document.getElementById("connection");

const instanceList = new InstanceList(() => running.now());
const planList = new PlanList(async (instance) => {
  await running.now();
  document.getElementById(`instance-${instance.id}`)?.scrollIntoView({ block: "nearest" });
});

const running = new Refresh(async () => {
  const [instances, taps] = await Promise.all([api.instances(), api.taps()]);
  instanceList.update(instances, taps);
  setText(connection, "");
  connection.dataset.state = "connected";
}, 1_000, lost);

// Plans are files that people edit: a new one should appear without a reload.
const known = new Refresh(async () => planList.update(await api.plans()), 5_000, () => {});

function lost(error, wait) {
  setText(connection, `${error.message} Next try in ${Math.ceil(wait / 1000)} s.`);
  connection.dataset.state = "lost";
}

running.now();
known.now();
