// Draws rich_text blocks: sections, lists, quotes, preformatted text and all their elements.

import { emoji } from "./emoji.js";
import { h, link } from "./dom.js";
import { channelMark, dated, personMark } from "./mrkdwn.js";

function styled(node, style = {}) {
  let out = node;
  if (style.code) out = h("code", {}, out);
  if (style.bold) out = h("strong", {}, out);
  if (style.italic) out = h("em", {}, out);
  if (style.strike) out = h("s", {}, out);
  if (style.underline) out = h("u", {}, out);
  if (style.highlight || style.client_highlight) out = h("mark", {}, out);
  return out;
}

function broken(text) {
  return String(text ?? "").split("\n").flatMap((row, index) => (index ? [h("br"), row] : [row]));
}

const ELEMENTS = {
  text: (part) => h("span", {}, broken(part.text)),
  link: (part) => link(part.url, part.text || part.url),
  emoji: (part) => h(
    "span",
    { class: "emoji", title: `:${part.name}:` },
    fromUnicode(part.unicode) || emoji(part.name)
  ),
  user: (part, names) => personMark(part.user_id, names),
  channel: (part, names) => channelMark(part.channel_id, null, names),
  usergroup: (part) => h("span", { class: "mention" }, `@${part.usergroup_id}`),
  team: (part) => h("span", { class: "mention" }, `@${part.team_id}`),
  broadcast: (part) => h("span", { class: "mention" }, `@${part.range}`),
  color: (part) => colour(part.value),
  date: (part) => dateElement(part),
};

function fromUnicode(hex) {
  if (!hex || !/^[0-9a-f]+(-[0-9a-f]+)*$/i.test(hex)) return "";
  try {
    return String.fromCodePoint(...hex.split("-").map((code) => parseInt(code, 16)));
  } catch {
    return "";
  }
}

function colour(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{6}$/i.test(value || "")) swatch.style.backgroundColor = value;
  return h("span", {}, swatch, String(value ?? ""));
}

function dateElement(part) {
  let shown = part.fallback || "";
  try {
    shown = dated(part.timestamp, part.format);
  } catch {
    // A time outside what a calendar can show keeps its fallback text.
  }
  const time = h("time", { title: part.fallback }, shown);
  return part.url ? link(part.url, time) : time;
}

function runs(elements, names) {
  return (elements || []).map((part) => {
    const draw = Object.hasOwn(ELEMENTS, part?.type) ? ELEMENTS[part.type] : null;
    return draw ? styled(draw(part, names), part.style) : h(
      "span",
      { class: "unknown-inline" },
      part?.text || `[${part?.type}]`
    );
  });
}

const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

function list(part, names) {
  const indent = Math.min(8, Math.max(0, part.indent || 0));
  const ordered = part.style === "ordered";
  const node = h(ordered ? "ol" : "ul", {
    class: part.border ? "bordered" : "",
    start: ordered && part.offset ? part.offset + 1 : null
  },
    (part.elements || []).map((item) => h(
      "li",
      {},
      item.type === "rich_text_section" ? runs(item.elements, names) : piece(item, names)
    )));
  node.style.marginInlineStart = `${indent * 24}px`;
  node.style.listStyleType = (ordered ? NUMBERS : BULLETS)[indent % 3];
  return node;
}

const PIECES = {
  rich_text_section: (part, names) => h("div", { class: "rich-section" }, runs(part.elements, names)),
  rich_text_list: list,
  rich_text_quote: (part, names) => h("blockquote", {}, runs(part.elements, names)),
  rich_text_preformatted: (part, names) => h("pre", {}, runs(part.elements, names)),
};

function piece(part, names) {
  return Object.hasOwn(PIECES, part?.type) ? PIECES[part.type](part, names) : h(
    "span",
    { class: "unknown-inline" },
    `[${part?.type}]`
  );
}

/** A rich_text block, or a rich_text value inside another block, as a list of nodes. */
export function richText(block, names) {
  return (block?.elements || []).map((part) => piece(part, names));
}

/** What a reader of a rich_text value would say aloud. */
export function richWords(block) {
  const of = (part) => (
    part.elements ? part.elements.map(of).join("") : part.text || part.url || part.fallback || (
      part.name ? emoji(part.name) : part.user_id || part.channel_id || ""
    )
  );
  return (block?.elements || []).map(of).join("\n");
}
