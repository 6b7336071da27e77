// Patterns of JSON Schema as HTML's `pattern` wants them: a browser reads those with the `v` flag, in which a hyphen at the end
// of a class, among others, has to be escaped.

const escapedAlone = "()[{}/|";
const escapedTwice = "&!#$%*+,.:;<=>?@^`~";

/** @returns {string|null} null where a browser cannot read it either way: the server checks again */
export function htmlPattern(pattern) {
  const text = translated(pattern);
  try {
    new RegExp(text, "v");
    // JSON Schema's pattern may match anywhere; HTML's must match all.
    return `.*(?:${text}).*`;
  } catch {
    return null;
  }
}

function translated(pattern) {
  const letters = [...pattern];
  let result = "";
  /** Within a class: how many atoms there were, and whether the last one may begin a range. */
  let inside = null;
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index];
    const next = letters[index + 1];
    if (letter === "\\") {
      // \p{L} and \u{1F600} are one thing.
      const end = letters[index + 2] === "{" && "pPu".includes(next) ? letters.indexOf("}", index) : index + 1;
      result += letters.slice(index, end + 1).join("");
      index = Math.max(end, index + 1);
      if (inside) inside = { beginsRange: !inside.isRange && !"dDsSwWpP".includes(next ?? ""), isRange: false };
    } else if (!inside) {
      result += letter;
      if (letter !== "[") continue;
      inside = { beginsRange: false, isRange: false };
      if (next === "^") {
        result += next;
        index += 1;
      }
    } else if (letter === "]") {
      result += letter;
      inside = null;
    } else if (letter === "-" && inside.beginsRange && next !== "]") {
      result += letter;
      inside = { beginsRange: false, isRange: true };
    } else {
      const isDouble = escapedTwice.includes(letter) && (next === letter || letters[index - 1] === letter);
      result += letter === "-" || escapedAlone.includes(letter) || isDouble ? `\\${letter}` : letter;
      inside = { beginsRange: !inside.isRange, isRange: false };
    }
  }
  return result;
}
