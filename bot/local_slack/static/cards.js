// Draws cards, carousels, alerts, plans, tasks and videos.

import { freshId, h, link, picture } from "./dom.js";
import { drawElement } from "./elements.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

function card(block, ctx) {
  const titleId = freshId("card");
  const text = (name) => (block[name] ? h("div", { class: `card-${name}` }, textObject(block[name], ctx.names)) : null);
  const head = block.title || block.subtitle || block.icon
    ? h("div", { class: "card-head" }, block.icon ? picture(block.icon.image_url, block.icon.alt_text, "icon") : null,
      h(
        "div",
        {},
        block.title ? h("div", { class: "card-title", id: titleId }, textObject(block.title, ctx.names)) : null,
        text("subtitle")
      ))
    : null;
  return h("section", { class: "card", "aria-labelledby": block.title ? titleId : null },
    block.hero_image ? picture(
      block.hero_image.image_url,
      block.hero_image.alt_text,
      "hero"
    ) : null, head, text("body"), text("subtext"),
    block.actions?.length ? h(
      "div",
      { class: "actions" },
      block.actions.map((part) => drawElement(part, block, ctx))
    ) : null);
}

function carousel(block, ctx) {
  const items = block.elements || [];
  const track = h("ul", {
    class: "track",
    tabindex: "0",
    "aria-label": `${items.length} cards, scroll sideways`
  }, items.map((one) => {
    const node = card(one, ctx);
    if (one.block_id) node.dataset.blockId = one.block_id;
    return h("li", {}, node);
  }));
  const step = (sign) => track.scrollBy({ left: sign * track.clientWidth * 0.8, behavior: "smooth" });
  const arrow = (sign, label, mark) => h(
    "button",
    { type: "button", class: "button icon", "aria-label": label, on: { click: () => step(sign) } },
    mark
  );
  return h("div", { class: "carousel", role: "group", "aria-label": "Cards" }, track,
    items.length > 1 ? h(
      "div",
      { class: "carousel-steps" },
      arrow(-1, "Previous cards", icon("left")),
      arrow(1, "Next cards", icon("right"))
    ) : null);
}

const LEVELS = {
  info: ["ℹ", "Information"],
  warning: ["⚠", "Warning"],
  error: ["⛔", "Error"],
  success: ["✓", "Success"],
  default: ["•", "Note"]
};

function alert(block, ctx) {
  const level = Object.hasOwn(LEVELS, block.level) ? block.level : "default";
  const [mark, name] = LEVELS[level];
  return h(
    "div",
    { class: `alert ${level}`, role: level === "error" ? "alert" : "note", "aria-label": name },
    h("span", { class: "mark", "aria-hidden": "true" }, mark),
    h("div", {}, textObject(block.text, ctx.names))
  );
}

const STATUSES = {
  pending: ["○", "Waiting"],
  in_progress: ["◐", "In progress"],
  complete: ["✓", "Done"],
  completed: ["✓", "Done"],
  error: ["✕", "Failed"]
};

function rich(value, ctx) {
  if (!value) return null;
  return typeof value === "string" ? h("div", {}, value) : h(
    "div",
    {},
    value.elements ? richText(value, ctx.names) : textObject(value, ctx.names)
  );
}

function task(block, ctx) {
  const [mark, name] = STATUSES[block.status] || ["•", String(block.status || "")];
  const sources = (block.sources || []).map((one) => h("li", {}, link(one.url, one.text || one.url)));
  const more = [
    rich(block.details, ctx),
    block.output ? h("div", { class: "task-output" }, rich(block.output, ctx)) : null,
    sources.length ? h("ul", { class: "sources" }, sources) : null
  ].filter(Boolean);
  const head = [
    h("span", { class: `task-mark ${block.status}`, role: "img", "aria-label": name, title: name }, mark),
    h("span", { class: "task-title" }, words(block.title))
  ];
  if (!more.length) return h("div", { class: "task" }, h("div", { class: "task-head" }, head));
  return h(
    "details",
    { class: "task", open: block.status === "in_progress" || block.status === "error" },
    h("summary", { class: "task-head" }, head),
    h("div", { class: "task-body" }, more)
  );
}

function plan(block, ctx) {
  const tasks = block.tasks || [];
  const done = tasks.filter((one) => String(one.status).startsWith("complete")).length;
  return h("section", { class: "plan", "aria-label": words(block.title) || "Plan" },
    h(
      "div",
      { class: "plan-head" },
      h("strong", {}, words(block.title) || "Plan"),
      h("span", { class: "count" }, `${done} of ${tasks.length} done`)
    ),
    h("ol", {}, tasks.map((one) => h("li", {}, task(one, ctx)))));
}

function video(block, ctx) {
  const by = [block.provider_name, block.author_name].filter(Boolean).join(" · ");
  return h("div", { class: "video" },
    block.thumbnail_url ? picture(block.thumbnail_url, block.alt_text, "thumbnail") : null,
    h("div", {}, h(
      "div",
      { class: "card-title" },
      "▶ ",
      link(block.title_url || block.video_url, textObject(block.title, ctx.names))
    ), by ? h("small", {}, by) : null,
      block.description ? h("p", {}, textObject(block.description, ctx.names)) : null));
}

export const cards = { card, carousel, alert, plan, task_card: task, video };
