// What a node of a graph looks like: its words, its size and its shape. The same words as `streamtap graph` prints.

import { svg } from "./dom.js";

/** Roles in the order of the legend, each with its word. */
export const roles = { source: "Source", element: "Element", caps: "Caps", stage: "Vision stage", tap: "Tap", branch: "Branch" };

/** Of a live picture on a tap's node. */
export const pictureSize = { width: 160, height: 90 };
const pictureMargin = 8;
const captionHeight = 24;

const lineHeight = 16;
const widest = 190;
const fonts = { title: "600 13px", small: "400 11px" };

/**
 * @param {Object} node of the API
 * @param {boolean} isLive whether the node has room for what a running instance says of it
 * @returns {{lines: {text: string, kind: string}[], width: number, height: number}}
 */
export function box(node, isLive) {
  const lines = words(node);
  if (isLive && node.role === "tap") {
    return {
      lines: lines.slice(0, 1), width: pictureSize.width + 2 * pictureMargin,
      height: pictureSize.height + pictureMargin + captionHeight,
    };
  }
  const live = isLive && node.role === "stage" ? 1 : 0;
  // Room for the words and, in a running stage, for its times, so that nothing moves when they come.
  const text = Math.max(...lines.map(textWidth), live ? textWidth({ text: "p50 999 µs · p99 999 ms", kind: "small" }) : 0);
  const sides = { source: 36, tap: 44, branch: 44, stage: 44, caps: 26 }[node.role] ?? 28;
  return {
    lines, width: Math.ceil(Math.min(widest, Math.max(48, text) + sides)),
    height: (lines.length + live) * lineHeight + (node.role === "tap" ? 22 : node.role === "caps" ? 14 : 18),
  };
}

/** What stands in a node's box, line by line: its name, and what it is where the name does not say so. */
function words({ id, role, element, stage, caps }) {
  if (caps !== undefined && caps !== null) {
    return fields(caps).slice(0, 6).map((text, index) => ({ text, kind: index === 0 ? "caps-title" : "small" }));
  }
  if (role === "tap") return [{ text: id, kind: "title" }, { text: "tap", kind: "small" }];
  const what = element ?? stage ?? "";
  return id.startsWith(what)
    ? [{ text: id, kind: "title" }] : [{ text: id, kind: "title" }, { text: what, kind: "small" }];
}

/** Caps at their commas, those of lists and ranges apart. */
function fields(caps) {
  const result = [""];
  let depth = 0;
  for (const character of caps) {
    if ("([{<".includes(character)) depth += 1;
    if (")]}>".includes(character)) depth -= 1;
    if (character === "," && depth <= 0) result.push("");
    else result[result.length - 1] += character;
  }
  return result;
}

let measuring;

function textWidth({ text, kind }) {
  measuring ??= document.createElement("canvas").getContext("2d");
  measuring.font = `${kind === "title" ? fonts.title : fonts.small} ${getComputedStyle(document.body).fontFamily}`;
  return measuring.measureText(text).width * (kind === "title" ? 1 : 1.02);
}

/** Cuts a text to a width; the whole one stays in the node's title. */
function fitted(line, width) {
  if (textWidth(line) <= width) return line.text;
  const letters = [...line.text];
  while (letters.length > 1 && textWidth({ ...line, text: `${letters.join("")}…` }) > width) letters.pop();
  return `${letters.join("")}…`;
}

/**
 * @returns {{node: SVGElement, say: (text: string, state?: string) => void}} `say` writes the line that a running
 *   instance adds, and marks the node's state
 */
export function drawNode(node, { lines, width, height }, { x, y }, isLive) {
  const isPicture = isLive && node.role === "tap";
  const live = isLive && (node.role === "stage") ? svg("text", { class: "graph-live", x: width / 2 }) : null;
  const count = lines.length + (live ? 1 : 0);
  const first = isPicture ? height - 8 : (height - count * lineHeight) / 2 + 12;
  const texts = lines.map((line, index) => svg("text", {
    class: `graph-${line.kind}`, x: width / 2, y: first + index * lineHeight,
    text: fitted(line, width - (node.role === "caps" || isPicture ? 16 : 26)),
  }));
  live?.setAttribute("y", first + lines.length * lineHeight);
  const title = svg("title", { text: description(node) });
  const group = svg(
    "g", { class: `graph-node is-${node.role}`, transform: `translate(${x} ${y})`, "data-node": node.id, role: "img" },
    title, ...shape(isPicture ? "screen" : node.role, width, height), ...texts, live);
  return {
    node: group,
    say(text, state = "") {
      if (live && live.textContent !== text) live.textContent = text;
      const whole = [description(node), live ? "" : text].filter(Boolean).join("\n");
      if (title.textContent !== whole) title.textContent = whole;
      if (group.dataset.state !== state) group.dataset.state = state;
    },
  };
}

function description({ id, role, element, stage, caps, properties = {} }) {
  const what = caps ?? element ?? stage;
  const values = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  return [`${roles[role]} ${id}`, what && what !== id ? what : null, ...values].filter(Boolean).join("\n");
}

/** @param {string} kind a role, or `screen`: a tap with a picture */
export function shape(kind, width, height) {
  const rectangle = (rx) => svg("rect", { class: "graph-shape", width, height, rx });
  switch (kind) {
    case "source": return [rectangle(height / 2)];
    case "caps": return [rectangle(Math.min(12, height / 2))];
    case "screen": return [rectangle(10)];
    case "tap": return [svg("ellipse", { class: "graph-shape", cx: width / 2, cy: height / 2, rx: width / 2, ry: height / 2 })];
    case "branch": {
      const lean = Math.min(12, width / 4);
      return [svg("path", { class: "graph-shape", d: `M${lean} 0H${width}L${width - lean} ${height}H0Z` })];
    }
    case "stage": {
      const bar = Math.min(7, width / 6);
      return [rectangle(5), svg("path", { class: "graph-bars", d: `M${bar} 0V${height}M${width - bar} 0V${height}` })];
    }
    default: return [rectangle(5)];
  }
}
