// Draws a markdown block (standard Markdown) as nodes.

import { h, link, picture } from "./dom.js";
import { plain } from "./mrkdwn.js";

const SPAN = new RegExp(
  [
    "`([^`]{1,4000})`", "\\*\\*(\\S(?:.{0,2000}?\\S)?)\\*\\*", "__(\\S(?:.{0,2000}?\\S)?)__", "~~(\\S(?:.{0,2000}?\\S)?)~~", "(?<![\\w*])\\*(\\S(?:[^*]{0,2000}?\\S)?)\\*(?![\\w*])",
    "(?<!\\w)_(\\S(?:[^_]{0,2000}?\\S)?)_(?!\\w)", "!\\[([^\\]]{0,500})\\]\\(([^)\\s]+)\\)", "\\[([^\\]]{1,1000})\\]\\(([^)\\s]+)\\)", "<((?:https?|mailto|tel):[^>\\s]+)>", "\\\\([\\\\`*_~\\[\\]()#>.!|{}+-])",
  ].join("|"),
  "gs",
);

/** One run of Markdown text, as a list of nodes. */
function spans(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(SPAN)) {
    if (match.index > from) nodes.push(...plain(decoded(text.slice(from, match.index))));
    nodes.push(span(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(...plain(decoded(text.slice(from))));
  return nodes;
}

function decoded(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

function span([, code, bold, bold2, gone, slant, slant2, alt, src, label, href, bare, literal]) {
  if (code) return h("code", {}, decoded(code));
  if (bold || bold2) return h("strong", {}, spans(bold || bold2));
  if (gone) return h("s", {}, spans(gone));
  if (slant || slant2) return h("em", {}, spans(slant || slant2));
  if (src) return picture(src, alt, "in-text");
  if (href) return link(decoded(href), spans(label));
  if (bare) return link(decoded(bare), decoded(bare).replace(/^(mailto|tel):/, ""));
  return document.createTextNode(literal);
}

const broken = (rows) => rows.flatMap((row, index) => (index ? [h("br"), ...spans(row)] : spans(row)));

function cells(row) {
  return row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

function table(rows) {
  const [head, , ...body] = rows;
  return h("div", { class: "table-frame" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, spans(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, spans(cell))))))));
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(rows) {
  const first = ITEM.exec(rows[0]);
  const ordered = /\d/.test(first[2]);
  const holder = h(ordered ? "ol" : "ul", ordered ? { start: parseInt(first[2], 10) } : {});
  let inner = [];
  const flush = () => {
    if (inner.length && holder.lastElementChild) holder.lastElementChild.append(list(inner));
    inner = [];
  };
  for (const row of rows) {
    const item = ITEM.exec(row);
    if (item && item[1].length > first[1].length) inner.push(row);
    else if (item) {
      flush();
      holder.append(listItem(item[3]));
    } else if (inner.length) inner[inner.length - 1] += ` ${row.trim()}`;
    else holder.lastElementChild.append(" ", ...spans(row.trim()));
  }
  flush();
  return holder;
}

function listItem(text) {
  const task = /^\[([ xX])\]\s+(.*)$/s.exec(text);
  if (!task) return h("li", {}, spans(text));
  const done = task[1] !== " ";
  return h(
    "li",
    { class: "task" },
    h("input", { type: "checkbox", checked: done, disabled: true, "aria-label": done ? "done" : "open" }),
    " ",
    spans(task[2])
  );
}

const KINDS = [
  { starts: /^```/, take: takeFence },
  { starts: /^#{1,6}\s/, take: takeHeading },
  { starts: /^\s*(?:---+|\*\*\*+|___+)\s*$/, take: (rows) => [h("hr"), 1, rows] },
  { starts: /^>/, take: takeQuote },
  { starts: ITEM, take: takeList },
];

function takeFence(rows) {
  const end = rows.findIndex((row, index) => index > 0 && row.startsWith("```"));
  const stop = end < 0 ? rows.length : end;
  return [h("pre", {}, decoded(rows.slice(1, stop).join("\n"))), stop + 1];
}

function takeHeading(rows) {
  const [, marks, text] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(rows[0]) || [null, "#", rows[0]];
  return [
    h(
      "p",
      { class: `md-heading md-h${marks.length}`, role: "heading", "aria-level": Math.min(6, marks.length + 2) },
      spans(text)
    ),
    1
  ];
}

function takeQuote(rows) {
  const end = rows.findIndex((row) => !row.startsWith(">"));
  const stop = end < 0 ? rows.length : end;
  return [h("blockquote", {}, ...blocksOf(rows.slice(0, stop).map((row) => row.replace(/^>\s?/, "")))), stop];
}

function takeList(rows) {
  const end = rows.findIndex((row) => !ITEM.test(row) && !/^\s{2,}\S/.test(row));
  const stop = end < 0 ? rows.length : end;
  return [list(rows.slice(0, stop)), stop];
}

function takeParagraph(rows) {
  const end = rows.findIndex((row, index) => index > 0 && (!row.trim() || KINDS.some((kind) => kind.starts.test(row))));
  const stop = end < 0 ? rows.length : end;
  return [h("p", {}, broken(rows.slice(0, stop))), stop];
}

function takeTable(rows) {
  const end = rows.findIndex((row) => !row.includes("|"));
  const stop = end < 0 ? rows.length : end;
  return [table(rows.slice(0, stop)), stop];
}

const isTable = (rows) => rows.length > 1 && rows[0].includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(rows[1]) && rows[1].includes("-");

function blocksOf(rows) {
  const nodes = [];
  let rest = rows;
  while (rest.length) {
    if (!rest[0].trim()) {
      rest = rest.slice(1);
      continue;
    }
    const current = rest;
    const kind = KINDS.find((one) => one.starts.test(current[0]));
    const [node, used] = isTable(rest) ? takeTable(rest) : kind ? kind.take(rest) : takeParagraph(rest);
    nodes.push(node);
    rest = rest.slice(Math.max(1, used));
  }
  return nodes;
}

/** A whole Markdown text, as a list of nodes. */
export function markdown(text) {
  return blocksOf(String(text ?? "").replace(/\r\n?/g, "\n").split("\n"));
}
