// What was found in a picture, drawn over it: an SVG in the picture's own pixels, fitted as the canvas below it is.

import { arrange, svg } from "./dom.js";

/** As the stage `overlay` has them. */
const colors = { apriltag: "#00e676", motion: "#ffab00", "motion-state": "#ff5252", zone: "#40c4ff", line: "#e040fb" };
const otherColor = "#ffeb3b";
const isZone = ({ kind }) => kind === "zone" || kind === "line";

/** CSS pixels, whatever the picture's scale. */
const letterSize = 13;
const labelHeight = 18;
/** On a narrower picture labels are smaller and say less. */
const narrow = 600;

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
    const isNarrow = clientWidth < narrow;
    // Zones lie below what is in them; that something moves at all is no place.
    const drawn = [...detections.filter(isZone), ...detections.filter((one) => !isZone(one) && one.kind !== "motion-state")];
    arrange(this.node, drawn.flatMap((one) => [
      outline(one), label(one, caption(one, !isNarrow), isNarrow ? unit * 0.8 : unit, { width, height })]));
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

function label(detection, text, unit, picture) {
  const { kind, box: [x, y, , boxHeight] } = detection;
  const width = (textWidth(text) + 10) * unit;
  const height = labelHeight * unit;
  const left = Math.max(0, Math.min(x, picture.width - width));
  // Above it, below where there is no room, at the picture's edge when there is none either. A zone's stands inside:
  // other zones end where it begins.
  const below = y + boxHeight + height <= picture.height ? y + boxHeight : Math.max(0, y);
  const top = isZone(detection) ? Math.max(0, y) : y >= height ? y - height : below;
  return svg(
    "g", { transform: `translate(${left} ${top}) scale(${unit})` },
    svg("rect", { class: "box-ground", width: width / unit, height: labelHeight, rx: 3 }),
    svg("text", { class: "box-label", x: 5, y: 13, fill: color(kind), text }));
}

/** As `overlay` writes it, and the score. */
function caption({ kind, label: name, track, score, data = {} }, showsScore) {
  const short = [...name].slice(0, 40).join("");
  if (kind === "zone") return `${short} ${data.count ?? 0}`;
  if (kind === "line") return `${short} +${data.forward ?? 0} -${data.backward ?? 0}`;
  return [short, track === undefined ? null : `#${track}`, showsScore && score > 0 ? score.toFixed(2) : null].filter(Boolean).join(" ");
}

const color = (kind) => (Object.hasOwn(colors, kind) ? colors[kind] : otherColor);

let measuring;

function textWidth(text) {
  if (!measuring) {
    measuring = document.createElement("canvas").getContext("2d");
    measuring.font = `600 ${letterSize}px ${getComputedStyle(document.body).fontFamily}`;
  }
  return measuring.measureText(text).width;
}
