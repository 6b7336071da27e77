// A wall of pictures as its address keeps it: /?wall=door/live,yard/live&columns=3

/** Columns that can be asked for. */
export const mostColumns = 12;

/**
 * @param {string} query of the address
 * @returns {{taps: string[][]|null, columns: number|null}|null} null: no wall is asked for. `taps` null: all there are;
 *   `columns` null: as many as fit best
 */
export function readWall(query) {
  const parameters = new URLSearchParams(query);
  if (!parameters.has("wall")) return null;
  const words = parameters.get("wall").split(",").map((word) => word.trim()).filter(Boolean);
  const columns = Number(parameters.get("columns"));
  const taps = words.map((word) => [word.slice(0, word.indexOf("/")), word.slice(word.indexOf("/") + 1)])
    .filter(([instance, tap]) => instance && tap && !tap.includes("/"));
  const isFirst = ([instance, tap], index) => taps.findIndex((one) => one[0] === instance && one[1] === tap) === index;
  return {
    taps: words.length === 0 ? null : taps.filter(isFirst),
    columns: Number.isInteger(columns) && columns >= 1 && columns <= mostColumns ? columns : null,
  };
}

/** The query of a wall's address; slashes and commas stay as people write them. */
export function writeWall({ taps, columns }) {
  const words = (taps ?? []).map((one) => one.map(encodeURIComponent).join("/")).join(",");
  return `?wall=${words}${columns === null ? "" : `&columns=${columns}`}`;
}
