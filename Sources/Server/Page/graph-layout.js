// Places a plan's nodes from left to right: columns by the longest way from a source, few crossings, main lines straight.
// (The layered method of Sugiyama, Tagawa and Toda, 1981; rows by isotonic regression, so that nothing overlaps.)

const rowGap = 22;
const columnGap = 38;
/** What a row of an edge that passes by takes. */
const passingHeight = 4;
/** A main line stays straight where a side branch must give way, and a tap gives way to both. */
const weights = { main: 1000, tap: 10, other: 1, none: 0.1 };

/**
 * @param {{id: string, width: number, height: number, isSide: boolean}[]} nodes in the order of the text; side: a tap
 * @param {{source: string, target: string}[]} edges an edge of an unknown node, or one that closes a circle, is not drawn
 * @returns {{width: number, height: number, places: Map<string, {x: number, y: number}>, routes: {edge: Object, points: number[][]}[]}}
 *   places are upper left corners; a route is straight from each odd point to the next, and a curve from each even one
 */
export function layout(nodes, edges) {
  const cells = nodes.map((node) => ({ ...node, rank: 0, row: 0, y: 0, ins: [], outs: [], mainIn: null, mainOut: null }));
  const links = rank(cells, edges);
  pullSourcesRight(cells);
  const chains = links.map((link) => passThrough(link, cells));
  for (const cell of cells) findMainLine(cell);
  for (const cell of cells) {
    const mains = cell.ins.filter((before) => before.mainOut === cell);
    cell.mainIn = mains.reduce((best, one) => (best === null || one.rank > best.rank || one.depth > best.depth ? one : best), null);
  }
  const columns = order(cells);
  placeRows(columns);
  return measure(columns, chains, cells);
}

/** Gives each cell its column, and returns the edges that lead forward. */
function rank(cells, edges) {
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  let links = edges
    .map((edge) => ({ edge, from: byId.get(edge.source), to: byId.get(edge.target) }))
    .filter(({ from, to }) => from && to && from !== to);
  const waiting = new Map(cells.map((cell) => [cell, 0]));
  for (const { to } of links) waiting.set(to, waiting.get(to) + 1);
  const ranked = new Set();
  while (ranked.size < cells.length) {
    const open = cells.filter((cell) => !ranked.has(cell));
    // No cell without an input left: a circle, which is cut where the text begins it.
    const next = open.find((cell) => waiting.get(cell) === 0) ?? open[0];
    ranked.add(next);
    links = links.filter(({ from, to }) => from !== next || !ranked.has(to));
    for (const { from, to } of links) {
      if (from !== next) continue;
      to.rank = Math.max(to.rank, next.rank + 1);
      waiting.set(to, waiting.get(to) - 1);
    }
  }
  for (const { from, to } of links) {
    from.outs.push(to);
    to.ins.push(from);
  }
  return links;
}

/** A chain that only feeds a later node stands beside that node, not at the far left. */
function pullSourcesRight(cells) {
  const isFree = new Map();
  const byRank = [...cells].sort((a, b) => a.rank - b.rank);
  for (const cell of byRank) isFree.set(cell, cell.outs.length === 1 && cell.ins.every((before) => isFree.get(before)));
  for (const cell of byRank.reverse()) if (isFree.get(cell)) cell.rank = cell.outs[0].rank - 1;
}

/** Puts a passing cell into every column that a long edge crosses. @returns {{edge: Object, cells: Object[]}} */
function passThrough({ edge, from, to }, cells) {
  const chain = [from];
  let before = from;
  for (let column = from.rank + 1; column < to.rank; column += 1) {
    const passing = {
      id: null, width: 0, height: passingHeight, isSide: to.isSide, rank: column, row: 0, y: 0, ins: [before], outs: [to],
      mainIn: null, mainOut: null,
    };
    before.outs[before.outs.indexOf(to)] = passing;
    to.ins[to.ins.indexOf(before)] = passing;
    cells.push(passing);
    chain.push(passing);
    before = passing;
  }
  chain.push(to);
  return { edge, cells: chain };
}

/** The line goes on where the longest way leads; a tap ends it only where there is nothing else. */
function findMainLine(cell) {
  if (cell.depth !== undefined) return;
  for (const after of cell.outs) findMainLine(after);
  cell.depth = 1 + Math.max(-1, ...cell.outs.map(({ depth }) => depth));
  for (const after of cell.outs) {
    const better = cell.mainOut === null || Number(cell.mainOut.isSide) > Number(after.isSide)
      || (cell.mainOut.isSide === after.isSide && after.depth > cell.mainOut.depth);
    if (better) cell.mainOut = after;
  }
}

/** Cells by column, from top to bottom. */
function order(cells) {
  const columns = Array.from({ length: Math.max(0, ...cells.map(({ rank }) => rank + 1)) }, () => []);
  const seen = new Set();
  const walk = (cell) => {
    if (seen.has(cell)) return;
    seen.add(cell);
    columns[cell.rank].push(cell);
    for (const after of [...cell.outs].sort((a, b) => Number(b === cell.mainOut) - Number(a === cell.mainOut))) walk(after);
  };
  for (const cell of cells) if (cell.ins.length === 0) walk(cell);
  for (const cell of cells) walk(cell);

  let best = columns.map((column) => [...column]);
  let fewest = crossings(best);
  for (let sweep = 0; sweep < 8 && fewest > 0; sweep += 1) {
    const isForward = sweep % 2 === 0;
    number(columns);
    for (const column of isForward ? columns : [...columns].reverse()) {
      const middle = new Map(column.map((cell) => {
        const near = isForward ? cell.ins : cell.outs;
        return [cell, near.length === 0 ? cell.row : near.reduce((sum, { row }) => sum + row, 0) / near.length];
      }));
      column.sort((a, b) => middle.get(a) - middle.get(b));
      column.forEach((cell, row) => { cell.row = row; });
    }
    const count = crossings(columns);
    if (count < fewest) {
      fewest = count;
      best = columns.map((column) => [...column]);
    }
  }
  number(best);
  return best;
}

function number(columns) {
  for (const column of columns) column.forEach((cell, row) => { cell.row = row; });
}

function crossings(columns) {
  number(columns);
  let count = 0;
  for (const column of columns) {
    const lines = column.flatMap((cell) => cell.outs.map((after) => [cell.row, after.row]));
    for (let one = 0; one < lines.length; one += 1) {
      for (let other = one + 1; other < lines.length; other += 1) {
        if ((lines[one][0] - lines[other][0]) * (lines[one][1] - lines[other][1]) < 0) count += 1;
      }
    }
  }
  return count;
}

/** Gives each cell the middle of its row, in passes to and fro. */
function placeRows(columns) {
  for (const column of columns) spread(column, column.map(() => [0, 1]));
  for (let pass = 0; pass < 7; pass += 1) {
    const isForward = pass % 2 === 0;
    for (const column of isForward ? columns : [...columns].reverse()) {
      spread(column, column.map((cell) => {
        const main = isForward ? cell.mainIn : cell.mainOut?.mainIn === cell ? cell.mainOut : null;
        const near = isForward ? cell.ins : cell.outs;
        if (main) return [main.y, cell.isSide ? weights.tap : weights.main];
        // A line that has found its place stays there; at first it begins beside what it leaves.
        if (isForward && pass > 0 && cell.mainOut?.mainIn === cell) return [cell.y, weights.main];
        if (near.length > 0) return [near.reduce((sum, { y }) => sum + y, 0) / near.length, weights.other];
        return [cell.y, weights.none];
      }));
    }
  }
}

/** Moves a column's cells as near to what they wish as their heights allow: pools of neighbours that would overlap. */
function spread(column, wishes) {
  let offset = 0;
  const pools = [];
  column.forEach((cell, index) => {
    if (index > 0) offset += (column[index - 1].height + cell.height) / 2 + rowGap;
    cell.offset = offset;
    const [wish, weight] = wishes[index];
    pools.push({ sum: (wish - offset) * weight, weight, cells: [cell] });
    while (pools.length > 1 && mean(pools.at(-2)) >= mean(pools.at(-1))) {
      const last = pools.pop();
      const before = pools.at(-1);
      before.sum += last.sum;
      before.weight += last.weight;
      before.cells.push(...last.cells);
    }
  });
  for (const pool of pools) for (const cell of pool.cells) cell.y = mean(pool) + cell.offset;
}

const mean = ({ sum, weight }) => sum / weight;

function measure(columns, chains, cells) {
  const top = Math.min(0, ...cells.map(({ y, height }) => y - height / 2));
  const bottom = Math.max(0, ...cells.map(({ y, height }) => y + height / 2));
  for (const cell of cells) cell.y = Math.round(cell.y - top);
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((cell) => cell.width));
    for (const cell of column) Object.assign(cell, { left: x, right: x + width, x: Math.round(x + (width - cell.width) / 2) });
    x += width + columnGap;
  }
  const routes = chains.map(({ edge, cells: chain }) => ({
    edge,
    // Out of a node straight to its column's edge, so that the curve has the gap between columns for itself.
    points: chain.flatMap((cell, index) => {
      if (index === 0) return [[cell.x + cell.width, cell.y], [cell.right, cell.y]];
      if (index === chain.length - 1) return [[cell.left, cell.y], [cell.x, cell.y]];
      return [[cell.left, cell.y], [cell.right, cell.y]];
    }),
  }));
  const places = new Map(cells.filter(({ id }) => id !== null).map((cell) => [cell.id, { x: cell.x, y: Math.round(cell.y - cell.height / 2) }]));
  return { width: Math.max(0, x - columnGap), height: Math.ceil(bottom - top), places, routes };
}
