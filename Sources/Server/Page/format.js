// Numbers and times as people read them.

/** A span of time from milliseconds: "0.4 s", "12 s", "3 min", "2 h 5 min". */
export function span(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** A picture's age: under a second it is in milliseconds. */
export function age(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(Math.max(0, milliseconds))} ms` : span(milliseconds);
}

/** Microseconds in the unit that suits them: "0.8 µs", "41 µs", "7.3 ms", "1.2 s". */
export function microseconds(value) {
  const short = (number) => (number >= 9.95 || number === 0 ? number.toFixed(0) : number.toFixed(1));
  if (value < 999.5) return `${short(value)} µs`;
  return value < 999_500 ? `${short(value / 1000)} ms` : `${short(value / 1_000_000)} s`;
}

export function rate(fps) {
  return fps >= 9.95 ? fps.toFixed(0) : fps.toFixed(1);
}

/** Bits a second: "0 kbit/s", "840 kbit/s", "2.1 Mbit/s". */
export function bitRate(bits) {
  return bits < 999_500 ? `${Math.round(bits / 1000)} kbit/s` : `${(bits / 1_000_000).toFixed(1)} Mbit/s`;
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Milliseconds since 1970 of an RFC 3339 instant; null when there is none. */
export function instant(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

/** @param {number} wait milliseconds until the next try */
export function nextTry(wait) {
  return wait > 0 ? `Next try in ${Math.ceil(wait / 1000)} s` : "Trying now";
}

const stateNames = {
  starting: "Starting", running: "Running", stalled: "Stalled", retrying: "Retrying", completed: "Completed",
  failed: "Failed", stopping: "Stopping", idle: "Idle",
};

/** An instance's state in a word. */
export const stateName = (state) => stateNames[state] ?? state;

const reasons = {
  plan_invalid: "The plan has errors",
  element_missing: "A GStreamer element is not installed",
  file_unreadable: "The file cannot be read",
  refused: "The camera refuses connections",
  unreachable: "The camera cannot be reached",
  unauthorized: "The camera refuses the user name or password",
  authentication_unsupported: "The camera takes passwords only in a way that GStreamer does not know",
  not_found: "The camera does not know this path",
  device_missing: "The device is not there",
  device_busy: "The device is in use",
  unsupported_format: "The format is not supported",
  no_first_frame: "No first frame came in time",
  no_frames: "Frames have stopped coming",
  disconnected: "The camera has hung up",
  camera_error: "The camera reports an error",
  worker_crashed: "The worker process died",
  worker_unresponsive: "The worker process froze",
  worker_protocol: "The worker process sent nonsense",
  worker_start: "The worker process did not start",
  resource_limit: "A resource limit was reached",
  end_of_stream: "Played to its end",
  stop_requested: "Being stopped",
};

/** The server's reason in words; an unknown one is shown as it came. */
export function reason(code) {
  return Object.hasOwn(reasons, code) ? reasons[code] : code;
}

/** Why there is no socket. @param {{isRefused: boolean}} link */
export function lostLink({ isRefused }) {
  return isRefused ? "The server lets no more viewers in, or a proxy before it takes no WebSocket" : "No connection to the server";
}
