// Cameras of the network, offered beside a field that takes a camera's address.

import { discover } from "./api.js";
import { sentence } from "./diagnostics.js";
import { announce, element, setText } from "./dom.js";
import { count } from "./format.js";

/**
 * @param {HTMLInputElement} input takes the address that is chosen
 * @param {() => {user?: string, password?: string}} login as whom cameras are asked
 * @returns {HTMLElement} a button, and what was found below it
 */
export function cameraSearch(input, login) {
  const id = `${input.id}-found`;
  const button = element("button", {
    class: "button-link", type: "button", text: "Search the network", "aria-controls": id, onclick: search,
  });
  const found = element("div", { class: "found", id, hidden: true });

  async function search() {
    button.disabled = true;
    setText(button, "Searching…");
    try {
      show(await discover());
    } catch (error) {
      found.replaceChildren(line(error.message));
    }
    found.hidden = false;
    button.disabled = false;
    setText(button, "Search again");
    announce(found.querySelector("p").textContent);
  }

  function show({ cameras, notes }) {
    found.replaceChildren(
      line(cameras.length > 0 ? `${count(cameras.length, "camera", "cameras")} on the network` : "No camera answers"),
      ...notes.map(line),
      element("ul", {}, ...cameras.map((camera) => fill(element("li"), camera))));
  }

  /** @returns the entry, with what is known of the camera */
  function fill(entry, camera) {
    entry.replaceChildren(
      element("p", {}, element("strong", { text: camera.name ?? camera.model ?? camera.host }), ` ${camera.host}`),
      ...camera.profiles.map(choice));
    if (!camera.problem) return entry;
    entry.append(line(camera.problem.message));
    if (camera.problem.kind === "unauthorized") entry.append(asking(entry, camera));
    return entry;
  }

  /** What proves the password goes to the camera that is meant, and to no other that answers. */
  function asking(entry, camera) {
    const ask = element("button", {
      class: "button button-small", type: "button", text: "Ask with the user and password of this form",
      onclick: async () => {
        const given = login();
        if (given.user === undefined) return announce(say("Fill in a user and a password first"));
        ask.disabled = true;
        try {
          const { cameras } = await discover({ address: camera.address, ...given });
          fill(entry, { ...camera, problem: null, ...cameras[0], name: camera.name });
          announce(`${cameras[0].profiles.length} streams of ${camera.host}`);
        } catch (error) {
          say(error.message);
          ask.disabled = false;
        }
      },
    });
    function say(text) {
      const one = line(text);
      entry.append(one);
      return one.textContent;
    }
    return ask;
  }

  function choice(profile) {
    const size = profile.width && profile.height ? `${profile.width} × ${profile.height}` : null;
    const text = [profile.name, profile.encoding, size, profile.fps ? `${profile.fps} fps` : null].filter(Boolean).join(", ");
    if (!profile.stream) return element("p", { class: "help", text: `${text}: ${profile.problem?.message ?? "no stream"}` });
    return element("button", {
      class: "button button-small", type: "button", text, title: profile.stream,
      onclick: () => {
        input.value = profile.stream;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        found.hidden = true;
        input.focus();
      },
    });
  }

  return element("div", { class: "camera-search" }, button, found);
}

function line(text) {
  return element("p", { class: "help", text: sentence(text) });
}
