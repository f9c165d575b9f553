// Draws Block Kit's layout blocks; a type this page does not know becomes a labelled box, never a fault.

import { cards } from "./cards.js";
import { dataVisualization } from "./charts.js";
import { freshId, h, picture } from "./dom.js";
import { drawElement } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { textObject, words } from "./mrkdwn.js";
import { richText } from "./rich_text.js";
import { dataTable, table } from "./tables.js";

function section(block, ctx) {
  const body = block.text ? h("div", { class: "section-text" }, textObject(block.text, ctx.names)) : null;
  const cells = block.fields?.length ? h(
    "div",
    { class: "section-fields" },
    block.fields.map((field) => h("div", {}, textObject(field, ctx.names)))
  ) : null;
  const label = words(block.text).split("\n")[0].slice(0, 80);
  const accessory = block.accessory ? h(
    "div",
    { class: "section-accessory" },
    drawElement(block.accessory, block, ctx, { label })
  ) : null;
  return h("div", { class: "section" }, h("div", { class: "section-main" }, body, cells), accessory);
}

function context(block, ctx) {
  return h("div", { class: "context" }, (block.elements || []).map((part) => (part.type === "image"
    ? picture(part.image_url || part.slack_file?.url, part.alt_text, "icon")
    : h("span", {}, textObject(part, ctx.names)))));
}

function row(className) {
  return (block, ctx) => h(
    "div",
    { class: className },
    (block.elements || []).map((part) => drawElement(part, block, ctx))
  );
}

function image(block, ctx) {
  const shown = picture(
    block.image_url || block.slack_file?.url || block.slack_file?.url_private,
    block.alt_text,
    "block-image"
  );
  return h(
    "figure",
    { class: "image" },
    block.title ? h("figcaption", {}, textObject(block.title, ctx.names)) : null,
    shown
  );
}

function input(block, ctx) {
  const { element = {} } = block;
  const [labelId, controlId, hintId, errorId] = ["label", "control", "hint", "error"].map(freshId);
  const error = ctx.errors?.[block.block_id];
  const described = [block.hint ? hintId : "", error ? errorId : ""].filter(Boolean).join(" ");
  const grouped = ["checkboxes", "radio_buttons"].includes(element.type);
  const named = {
    id: controlId, "aria-labelledby": grouped ? labelId : null, "aria-describedby": described || null,
    "aria-invalid": error ? "true" : null, "aria-required": block.optional ? null : "true",
  };
  const caption = [
    textObject(block.label, ctx.names),
    block.optional ? h("span", { class: "optional" }, " (optional)") : null
  ];
  return h("div", { class: `input ${error ? "wrong" : ""}` },
    grouped ? h("span", { id: labelId, class: "label" }, caption) : h(
      "label",
      { id: labelId, class: "label", for: controlId },
      caption
    ),
    drawElement(element, block, ctx, { label: words(block.label), named, dispatches: Boolean(block.dispatch_action) }),
    block.hint ? h("p", { id: hintId, class: "hint" }, textObject(block.hint, ctx.names)) : null,
    error ? h("p", { id: errorId, class: "error", role: "alert" }, error) : null);
}

function container(block, ctx) {
  const head = [
    h("strong", {}, textObject(block.title, ctx.names)),
    block.subtitle ? h("span", { class: "subtitle" }, textObject(block.subtitle, ctx.names)) : null
  ];
  const body = h("div", { class: "container-body" }, drawBlocks(block.child_blocks || [], ctx));
  if (block.is_collapsible === false) return h(
    "section",
    { class: "container" },
    h("div", { class: "container-head" }, head),
    body
  );
  return h(
    "details",
    { class: "container", open: !(block.default_collapsed ?? block.is_collapsed) },
    h("summary", { class: "container-head" }, head),
    body
  );
}

function file(block) {
  return h("div", { class: "file-block" }, icon("file"), ` File ${block.external_id || block.file_id || ""}`);
}

const DRAW = {
  header: (block, ctx) => h("h3", { class: "header" }, textObject(block.text, ctx.names)),
  section, divider: () => h("hr"), context, actions: row("actions"), context_actions: row("context-actions"), image, input, container, file,
  rich_text: (block, ctx) => h("div", { class: "rich-text" }, richText(block, ctx.names)),
  markdown: (block) => h("div", { class: "markdown" }, markdown(block.text)),
  table, data_table: dataTable, data_visualization: dataVisualization, ...cards,
};

function unknown(block, remark) {
  return h(
    "div",
    { class: "unknown-block", role: "note" },
    h("span", { class: "tag" }, String(block?.type || "block")),
    " ",
    remark
  );
}

/** One block; whatever is wrong with it, the rest of the message is still drawn. */
function drawBlock(block, ctx) {
  let node;
  try {
    node = Object.hasOwn(DRAW, block?.type) ? DRAW[block.type](block, ctx) : unknown(
      block,
      "is not drawn by this page."
    );
  } catch (problem) {
    console.warn("A block could not be drawn", block, problem);
    node = unknown(block, "could not be drawn.");
  }
  node.classList.add("block");
  node.dataset.block = String(block?.type || "");
  if (block?.block_id) node.dataset.blockId = block.block_id;
  return node;
}

/** Blocks, as a list of nodes. */
export function drawBlocks(blocks, ctx) {
  return (Array.isArray(blocks) ? blocks : []).map((block) => drawBlock(block, ctx));
}
