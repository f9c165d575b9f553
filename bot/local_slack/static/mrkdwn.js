// Draws Slack's own markup (mrkdwn) as nodes.

import { emoji, isEmoji } from "./emoji.js";
import { h, link } from "./dom.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const MARKS = { "*": "strong", _: "em", "~": "s" };

/** Text as it was before Slack's three escapes. */
function unescapeText(text) {
  return String(text).replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

const DAY = 86400;
const two = (number) => String(number).padStart(2, "0");

function relativeDay(when) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
  const distance = Math.round((midnight(when) - midnight(new Date())) / DAY);
  return { 0: "Today", 1: "Tomorrow", [-1]: "Yesterday" }[distance];
}

/** A time written by Slack's date tokens, in the reader's own zone. */
export function dated(seconds, format) {
  const when = new Date(Number(seconds) * 1000);
  const show = (options) => when.toLocaleDateString("en-GB", options);
  const clock = (options) => when.toLocaleTimeString("en-GB", options);
  const short = { day: "numeric", month: "short", year: "numeric" };
  const full = { day: "numeric", month: "long", year: "numeric" };
  const long = { weekday: "long", ...full };
  const pretty = (options) => relativeDay(when) || show(options);
  const tokens = {
    date_num: () => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`,
    date_slash: () => `${two(when.getDate())}/${two(when.getMonth() + 1)}/${when.getFullYear()}`,
    date: () => show(full),
    date_short: () => show(short),
    date_long: () => show(long),
    date_long_full: () => show(long),
    date_pretty: () => pretty(full),
    date_short_pretty: () => pretty(short),
    date_long_pretty: () => pretty(long),
    day_divider_pretty: () => pretty(long),
    time: () => clock({ hour: "2-digit", minute: "2-digit" }),
    time_secs: () => clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(when),
  };
  return String(format).replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(tokens, name) ? tokens[name]() : whole));
}

function ago(when) {
  const minutes = Math.round((Date.now() - when.getTime()) / 60000);
  if (minutes < 60) return `${minutes} minutes ago`;
  return minutes < 60 * 48 ? `${Math.round(minutes / 60)} hours ago` : `${Math.round(minutes / 1440)} days ago`;
}

/** A person's name as a mark in the text. */
export function personMark(id, names) {
  return h("span", { class: "mention" }, `@${names.person(id)}`);
}

/** A channel's name as a mark in the text. */
export function channelMark(id, label, names) {
  return h("span", { class: "mention" }, `#${label || names.channel(id)}`);
}

function special(body) {
  const [head, fallback = ""] = body.split(/\|(.*)/s);
  const date = /^date\^(-?\d{1,12})\^([^^]*)(?:\^(.*))?$/s.exec(head);
  if (date) {
    let shown = unescapeText(fallback);
    try {
      shown = unescapeText(dated(date[1], date[2]));
    } catch {
      // A time outside what a calendar can show keeps its fallback text.
    }
    const time = h("time", { title: unescapeText(fallback) }, shown);
    return date[3] ? link(date[3], time) : time;
  }
  const name = head.split("^")[0];
  return h("span", { class: "mention" }, `@${unescapeText(fallback.replace(/^@/, "") || name)}`);
}

function angle(body, names) {
  const [head, label] = body.split(/\|(.*)/s);
  if (head.startsWith("@")) return personMark(head.slice(1), names);
  if (head.startsWith("#")) return channelMark(head.slice(1), label && unescapeText(label), names);
  if (head.startsWith("!")) return special(body.slice(1));
  if (/^[a-z][a-z0-9+.-]*:/i.test(head)) {
    const address = unescapeText(head);
    return link(address, label ? inline(label, names) : address.replace(/^(mailto|tel):/, ""));
  }
  return document.createTextNode(unescapeText(`<${body}>`));
}

// The length of a marked run is bounded, so that a text full of stray marks is still read in linear time.
const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+'-]{1,40}(?:::skin-tone-\d)?):|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]{0,1000}?\S)\4(?![\p{L}\p{N}*_~])/gu;

/** One run of text without line structure, as a list of nodes. */
function inline(text, names) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, body, code, short, mark, marked] = match;
    const node = drawn(body, code, short, mark, marked, names);
    if (!node) continue;
    if (match.index > from) nodes.push(document.createTextNode(unescapeText(text.slice(from, match.index))));
    nodes.push(node);
    from = match.index + whole.length;
  }
  if (from < text.length) nodes.push(document.createTextNode(unescapeText(text.slice(from))));
  return nodes;
}

function drawn(body, code, short, mark, marked, names) {
  if (body !== undefined) return angle(body, names);
  if (code !== undefined) return h("code", {}, unescapeText(code));
  if (short !== undefined) return isEmoji(short.split("::")[0]) ? h(
    "span",
    { class: "emoji", title: `:${short}:` },
    emoji(short)
  ) : null;
  return h(MARKS[mark], {}, inline(marked, names));
}

function lines(text, names) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    const quoted = /^(?:&gt;|>)\s?(.*)$/s.exec(line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push((quote = h("blockquote")));
      quote.append(...inline(quoted[1], names));
      return;
    }
    quote = null;
    nodes.push(...inline(line, names));
    if (index < all.length - 1) nodes.push(h("br"));
  });
  return nodes;
}

/** Text in mrkdwn, as a list of nodes. */
export function mrkdwn(text, names) {
  return String(text ?? "").split(/```/).flatMap((part, index, all) => {
    const fenced = index % 2 === 1;
    if (fenced && index === all.length - 1) return lines("```" + part, names);
    if (fenced) return [h("pre", {}, unescapeText(part.replace(/^\n|\n$/g, "")))];
    const trimmed = index > 0 ? part.replace(/^\n/, "") : part;
    return trimmed ? lines(trimmed, names) : [];
  });
}

/** Plain text with short names of emoji, as a list of nodes. */
export function plain(text, withEmoji = true) {
  const whole = String(text ?? "");
  if (!withEmoji) return [document.createTextNode(whole)];
  const shown = whole.replace(/:([a-z0-9_+'-]{1,40}):/g, (mark, name) => (isEmoji(name) ? emoji(name) : mark));
  return [document.createTextNode(shown)];
}

/** A text object of Block Kit, or a bare string, as a list of nodes. */
export function textObject(text, names) {
  if (text === null || text === undefined) return [];
  if (typeof text === "string") return plain(text);
  return text.type === "mrkdwn" ? mrkdwn(text.text, names) : plain(text.text, text.emoji !== false);
}

/** A text object as bare words, for names that assistive tools read. */
export function words(text) {
  const whole = typeof text === "string" ? text : text?.text || "";
  return unescapeText(whole.replace(/<[^|>]*\|([^>]*)>/g, "$1"));
}
