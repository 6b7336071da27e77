// Whether boxes are drawn over a tap's pictures unless somebody says otherwise.

import { instanceGraph } from "./api.js";
import { stagesBefore } from "./tap-upstream.js";

/** Where `overlay` has drawn them they would be drawn twice. */
export async function wantsBoxes(instance, tap) {
  if (!(instance.stages ?? []).some(({ stage }) => stage === "overlay")) return true;
  const graph = await instanceGraph(instance.id).catch(() => null);
  return graph !== null && !stagesBefore(graph, tap).has("overlay");
}
