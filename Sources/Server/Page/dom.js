// Building elements without HTML text: names that come from plans can only ever become text.

/**
 * @param {string} tag
 * @param {Object} properties class, text, attributes; `on…` functions become listeners; null and false are left out
 * @param {...(Node|string|null)} children strings become text nodes
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * An SVG element, built the same way.
 * @param {string} tag
 * @param {Object} attributes `text` becomes text; null and false are left out
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Writes text only when it differs, so that a screen reader is not told again and no layout is redone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Makes `parent`'s children be exactly `nodes`, in order, moving only what is out of place. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

/** Says something to people who listen to the page. Beside an open dialog nothing is heard: then it is said inside. */
export function announce(text) {
  const place = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  let announcer = place.querySelector(":scope > .announcer");
  if (!announcer) {
    announcer = element("p", { class: "announcer visually-hidden", "aria-live": "polite" });
    place.append(announcer);
    // What is there when it is first seen is not read out.
    setTimeout(() => setText(announcer, text), 100);
  } else {
    announcer.textContent = text;
  }
}
