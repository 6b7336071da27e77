// The engine in a worker: no picture is decoded, and no message read, on the page's own thread.

import { PictureEngine } from "./picture-engine.js";

const engine = new PictureEngine((message) => postMessage(message));
onmessage = ({ data }) => engine.handle(data);
postMessage({ type: "ready" });
