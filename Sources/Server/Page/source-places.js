// Places in a plan's text. The API counts lines and columns from 1, columns and lengths in Unicode scalars; the
// browser counts in UTF-16 units, two of which make an emoji.

/** @returns {string[]} */
export const linesOf = (text) => text.split("\n");

/** UTF-16 offset in a line of the scalar with this number, from 1; the line's end when it has fewer. */
function offsetInLine(line, column) {
  let offset = 0;
  let number = 1;
  for (const scalar of line) {
    if (number >= column) break;
    offset += scalar.length;
    number += 1;
  }
  return offset;
}

/** The UTF-16 range of a diagnostic in the whole text. */
export function rangeOf(text, { line, column, length }) {
  const lines = linesOf(text);
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  return {
    start: start + offsetInLine(lines[index], column),
    end: start + offsetInLine(lines[index], column + length),
  };
}

/**
 * A line cut where marks begin and end.
 * @param {{severity: string, column: number, length: number}[]} diagnostics of this line
 * @returns {{text: string, severity: string|null}[]} a mark behind the line's end stands on a blank of its own
 */
export function pieces(line, diagnostics) {
  if (diagnostics.length === 0) return [{ text: line, severity: null }];
  const scalars = [...line];
  const severities = new Array(scalars.length).fill(null);
  for (const { severity, column, length } of diagnostics) {
    const first = Math.max(0, column - 1);
    if (first >= scalars.length) {
      scalars.push(" ");
      severities.push(severity);
      continue;
    }
    for (let index = first; index < Math.min(first + length, scalars.length); index += 1) {
      if (severities[index] !== "error") severities[index] = severity;
    }
  }
  const result = [];
  scalars.forEach((scalar, index) => {
    if (index > 0 && severities[index] === severities[index - 1]) result.at(-1).text += scalar;
    else result.push({ text: scalar, severity: severities[index] });
  });
  return result;
}

/** Diagnostics of a text that has been edited since: those of lines that have not changed, where they stand now. */
export function carriedOver(diagnostics, before, after) {
  const old = linesOf(before);
  const now = linesOf(after);
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.line <= head) return [diagnostic];
    if (diagnostic.line > old.length - tail) return [{ ...diagnostic, line: diagnostic.line + now.length - old.length }];
    return [];
  });
}
