// The server's HTTP API. Every failure is an ApiError, so that callers have one thing to show.

export class ApiError extends Error {
  /** @param {number} status the HTTP status; 0: no answer came */
  constructor(status, code, message, details = []) {
    super(message);
    this.status = status;
    this.code = code;
    /** Diagnostics: {severity, line, column, length, code, message, hint} */
    this.details = details;
  }
}

/** Where this file came from, there is the server, wherever a proxy has put it. */
const base = new URL(".", import.meta.url);
/** What lets a page elsewhere show one tap to whoever looks at it; part of the address of a page that stands in a frame. */
const ownToken = globalThis.location?.href.startsWith(base.href) ? new URLSearchParams(location.search).get("token") : null;

function address(path, token = ownToken) {
  const url = new URL(path, base);
  if (token) url.searchParams.set("token", token);
  return url;
}

/** Address of a file of the page. */
export const fileAddress = (name) => new URL(name, base).href;

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(address(path), {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    throw new ApiError(0, "no_answer", "The server does not answer.");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const error = answer?.error;
  throw new ApiError(
    response.status, error?.code ?? "unknown", error?.message ?? `The server answered ${response.status}.`,
    Array.isArray(error?.details) ? error.details : []);
}

const part = encodeURIComponent;

/** Who asks: {signed_in, user, role, open, has_password, awaits_first_admin}. */
export const session = () => call("GET", "api/vp/session");
export const signIn = (user, password) => call("POST", "api/vp/session", { user, password });
export const signOut = () => call("DELETE", "api/vp/session");
/** With what stands behind the link that the server prints at its first start. */
export const makeFirstAdmin = (key, user, password) => call("POST", "api/vp/setup", { key, user, password });

/** {plans, allows_plan_text} */
export const plans = () => call("GET", "api/vp/plans");
export const plan = (name) => call("GET", `api/vp/plans/${part(name)}`);
export const validate = (text) => call("POST", "api/vp/plans/validate", { text });
/** {nodes, edges, side_taps} of the plan that an instance runs. */
export const instanceGraph = (id) => call("GET", `api/vp/instances/${part(id)}/graph`);
export const start = (request) => call("POST", "api/vp/instances", request);
/** Looks for cameras on the network, or asks the one at an address, for a few seconds: {cameras, interfaces, notes}. */
export const discover = (request = {}) => call("POST", "api/vp/discover", { timeout_seconds: 5, ...request });
/** Every stage with its options, as a plan may use them. */
export const stages = async () => (await call("GET", "api/vp/stages")).stages;
/** Gives a running stage other options; null is what the plan says. Answers with the stage and all its options. */
export const changeStage = (id, stage, options) =>
  call("PATCH", `api/vp/instances/${part(id)}/stages/${part(stage)}`, { options });
/** {device, path, controls, changes} of the camera of an instance's source. */
export const cameraControls = (id, source) => call("GET", `api/vp/instances/${part(id)}/sources/${part(source)}/controls`);
/** Sets controls of a camera; null is what the plan says. Answers with all of them. */
export const changeControls = (id, source, controls) =>
  call("PATCH", `api/vp/instances/${part(id)}/sources/${part(source)}/controls`, { controls });
/** Cameras that are plugged in at the server's machine. */
export const devices = async () => (await call("GET", "api/vp/devices")).devices;
/** Starts an instance once more, as it was asked for, whatever its state. */
export const restart = (id) => call("POST", `api/vp/instances/${part(id)}/restart`);
export const stop = (id) => call("DELETE", `api/vp/instances/${part(id)}`);

/** Address of a tap's newest picture. */
export const pictureAddress = (instance, tap, token) => address(`api/vp/taps/${part(instance)}/${part(tap)}/frame.jpg`, token).href;

/** Address of the socket that carries pictures of all taps, and events. */
export function socketAddress(token) {
  const url = address("ws/vp", token);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
