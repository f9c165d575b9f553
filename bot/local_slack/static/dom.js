// Builds the page out of nodes, so that no text of a message is ever read as markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "hidden", "multiple", "open", "indeterminate"]);
const LINK_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function give(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") {
      for (const [key, text] of Object.entries(value)) {
        if (text !== undefined && text !== null && text !== "") node.dataset[key] = text;
      }
    } else if (PROPERTIES.has(name)) node[name] = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, String(value));
  }
}

/** An element; children are nodes, strings (always as text), or nested lists of them. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  give(node, props || {});
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An SVG element. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  give(node, props || {});
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The address as one that may be followed, or null for a scheme that could run something. */
export function followable(address) {
  try {
    const url = new URL(String(address), location.href);
    return LINK_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** The address of a picture, or null where fetching it would leave this machine. */
export function drawable(address) {
  if (typeof address !== "string" || !address) return null;
  if (/^data:image\/(png|jpeg|gif|webp);/i.test(address) || address.startsWith("blob:")) return address;
  try {
    const url = new URL(address, location.href);
    if (LOOPBACK.has(url.hostname)) url.host = location.host;
    return url.host === location.host && url.protocol === location.protocol ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page, or plain text where the address is not followable. */
export function link(address, ...children) {
  const href = followable(address);
  const body = children.length ? children : [String(address)];
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, body) : h("span", {}, body);
}

/** A picture with its alt text; a picture from elsewhere is named and linked but not fetched. */
export function picture(address, altText, className = "") {
  const src = drawable(address);
  if (src) return h("img", { src, alt: altText || "", class: className, loading: "lazy" });
  const label = altText || "picture";
  if (/\b(icon|small)\b/.test(className)) return h(
    "span",
    { class: `${className} no-picture`, role: "img", "aria-label": label, title: label },
    "▫"
  );
  return h(
    "span",
    { class: "no-picture framed" },
    link(address, label),
    h("small", {}, "not loaded: this page asks nothing from outside")
  );
}

function keyOf(node) {
  const { actionId, blockId, focusKey } = node.dataset || {};
  return focusKey || (actionId ? `${blockId || ""}\u0000${actionId}\u0000${node.dataset.option || ""}` : null);
}

/** Redraws with `draw` and gives the focus, and the caret, back to the control that had it. */
export function keepingFocus(container, draw) {
  const active = document.activeElement;
  const key = active && container.contains(active) ? keyOf(active) : null;
  let caret = null;
  try {
    caret = key && typeof active.selectionStart === "number" ? [active.selectionStart, active.selectionEnd] : null;
  } catch {
    caret = null;
  }
  draw();
  if (!key || container.contains(document.activeElement)) return;
  for (const candidate of container.querySelectorAll("[data-action-id],[data-focus-key]")) {
    if (keyOf(candidate) !== key) continue;
    candidate.focus({ preventScroll: true });
    if (caret && candidate.setSelectionRange) {
      try {
        candidate.setSelectionRange(...caret);
      } catch {
        // Number and e-mail fields have no caret to set.
      }
    }
    return;
  }
}

/** Calls `act` once things have been quiet for `ms`. */
export function debounced(act, ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), ms);
  };
}

let sequence = 0;

/** An id for labels and descriptions that nothing else on the page has. */
export function freshId(prefix) {
  sequence += 1;
  return `${prefix}-${sequence}`;
}

/** A file's content as base64, the form the control door takes. */
export function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
    reader.readAsDataURL(file);
  });
}
