// What stands before a tap in its plan.

/**
 * @param {{nodes: Object[], edges: Object[]}} graph of the API
 * @returns {Set<string>} names of the stages that a tap's pictures have passed
 */
export function stagesBefore({ nodes, edges }, tap) {
  const seen = new Set([tap]);
  for (const id of seen) for (const { source, target } of edges) if (target === id) seen.add(source);
  return new Set(nodes.filter(({ id, stage }) => stage && seen.has(id)).map(({ stage }) => stage));
}
