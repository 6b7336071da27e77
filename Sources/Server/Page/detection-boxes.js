// What was found in a picture, drawn over it: an SVG in the picture's own pixels, fitted as the canvas below it is.

import { arrange, svg } from "./dom.js";

/** As the stage `overlay` has them. */
const colors = { apriltag: "#00e676", motion: "#ffab00", "motion-state": "#ff5252", zone: "#40c4ff", line: "#e040fb" };
const otherColor = "#ffeb3b";
const isZone = ({ kind }) => kind === "zone" || kind === "line";

/** CSS pixels, whatever the picture's scale. */
const letterSize = 13;
const labelHeight = 18;

export class DetectionBoxes {
  node = svg("svg", { class: "boxes", preserveAspectRatio: "xMidYMid meet", "aria-hidden": "true" });

  /**
   * @param {Object[]} detections in pixels of the picture
   * @param {{width: number, height: number}} picture its size in pixels
   */
  show(detections, { width, height }) {
    this.node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const { clientWidth, clientHeight } = this.node;
    // Picture pixels in one CSS pixel.
    const unit = Math.max(width / Math.max(clientWidth, 1), height / Math.max(clientHeight, 1));
    // Zones lie below what is in them; that something moves at all is no place.
    const drawn = [...detections.filter(isZone), ...detections.filter((one) => !isZone(one) && one.kind !== "motion-state")];
    arrange(this.node, drawn.flatMap((one) => [outline(one), label(one, unit, { width, height })]));
  }

  clear() {
    this.node.replaceChildren();
  }
}

function outline({ kind, corners, box: [x, y, width, height] }) {
  const places = corners.length > 0 ? corners : [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
  return svg(places.length > 2 ? "polygon" : "polyline", {
    class: isZone({ kind }) ? "box-outline is-zone" : "box-outline", stroke: color(kind), fill: color(kind),
    points: places.map((place) => place.join(",")).join(" "), "vector-effect": "non-scaling-stroke",
  });
}

function label(detection, unit, picture) {
  const { kind, box: [x, y] } = detection;
  const text = caption(detection);
  const width = (textWidth(text) + 10) * unit;
  const height = labelHeight * unit;
  const left = Math.max(0, Math.min(x, picture.width - width));
  // Above it, or inside where there is no room; a zone's stands inside, for other zones end where it begins.
  const top = isZone(detection) || y < height ? Math.max(0, y) : y - height;
  return svg(
    "g", { transform: `translate(${left} ${top}) scale(${unit})` },
    svg("rect", { class: "box-ground", width: width / unit, height: labelHeight, rx: 3 }),
    svg("text", { class: "box-label", x: 5, y: 13, fill: color(kind), text }));
}

/** As `overlay` writes it, with the score. */
function caption({ kind, label: name, track, score, data = {} }) {
  const short = [...name].slice(0, 40).join("");
  if (kind === "zone") return `${short} ${data.count ?? 0}`;
  if (kind === "line") return `${short} +${data.forward ?? 0} -${data.backward ?? 0}`;
  return [short, track === undefined ? null : `#${track}`, score > 0 ? score.toFixed(2) : null].filter(Boolean).join(" ");
}

const color = (kind) => (Object.hasOwn(colors, kind) ? colors[kind] : otherColor);

let measuring;

function textWidth(text) {
  measuring ??= document.createElement("canvas").getContext("2d");
  measuring.font = `600 ${letterSize}px ${getComputedStyle(document.body).fontFamily}`;
  return measuring.measureText(text).width;
}
