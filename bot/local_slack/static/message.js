// Draws one message: who, when, what it says, its files, reactions and replies, and what can be done with it.

import { drawBlocks } from "./blocks.js";
import { initials, tint } from "./directory.js";
import { emoji } from "./emoji.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { h, link, picture, drawable } from "./dom.js";
import { entityCard } from "./entity.js";
import { formOf } from "./forms.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { ask, openMenu } from "./overlays.js";

const hour = (ts) => new Date(Number(ts) * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** The time of a message, with the whole date on hover. */
function stamp(ts) {
  const when = new Date(Number(ts) * 1000);
  if (Number.isNaN(when.getTime())) return h("span");
  return h(
    "time",
    { datetime: when.toISOString(), title: when.toLocaleString("en-GB", { dateStyle: "full", timeStyle: "medium" }) },
    hour(ts)
  );
}

/** A round (person) or square (app) mark with initials. */
function avatar(id, name, isApp) {
  return h("span", { class: `avatar ${tint(id)} ${isApp ? "app" : ""}`, "aria-hidden": "true" }, initials(name));
}

/** Who wrote a message, and whether it is an app. */
function author(message, names) {
  const id = message.user || message.bot_id || "";
  const isApp = Boolean(
    message.bot_id || message.is_bot
  ) || id === names.app.user_id || Boolean(names.known(id)?.is_bot);
  const name = message.username || (id && id !== message.bot_id ? names.person(id) : names.app.name) || "App";
  return { id, name, isApp };
}

/** What blocks need to know of the message they stand in. */
function contextOf(message, channel, room) {
  const place = { channel: channel.id, ts: message.ts };
  const key = `m:${channel.id}:${message.ts}`;
  return {
    key, surface: "message", names: room.names, user: room.user, form: formOf(`${room.user}:${key}`).seeded(message.values), errors: {},
    act: (detail) => room.gesture({ type: "click", ...place, ...detail }),
    suggest: async (detail) => (await room.gesture({ type: "suggest", ...place, ...detail })).ack || {},
  };
}

function words(message, ctx) {
  // A streamed message holds its steps in a plan without a block_id, and beside it text in Markdown.
  const steps = message.blocks?.[0]?.type === "plan" && !message.blocks[0].block_id;
  if (message.streaming || message.streamed || steps) return [
    ...drawBlocks(message.blocks, ctx),
    message.text ? h("div", { class: "markdown" }, markdown(message.text)) : null
  ].filter(Boolean);
  if (message.blocks?.length) return drawBlocks(message.blocks, ctx);
  if (!message.text) return [];
  return [h("div", { class: "text" }, mrkdwn(message.text, ctx.names))];
}

function file(one) {
  const name = one.title || one.name || one.id;
  const address = one.url || one.url_private || one.permalink;
  const isPicture = String(one.mimetype || "").startsWith("image/") && drawable(address);
  if (isPicture) return h(
    "figure",
    { class: "file picture" },
    h("figcaption", {}, link(address, name)),
    picture(address, one.alt_txt || name, "file-image")
  );
  return h(
    "div",
    { class: "file" },
    h("span", { class: "file-mark", "aria-hidden": "true" }, icon("file")),
    h("span", {}, address ? link(address, name) : name, h("small", {}, one.mimetype || ""))
  );
}

const COLOURS = { good: "#2eb67d", warning: "#d9a300", danger: "#d0342c" };

function attachment(one, ctx) {
  const title = one.title ? h(
    "div",
    { class: "attachment-title" },
    one.title_link ? link(one.title_link, one.title) : one.title
  ) : null;
  const fields = one.fields?.length ? h(
    "dl",
    { class: "section-fields" },
    one.fields.map((field) => h("div", {}, h("dt", {}, field.title), h("dd", {}, mrkdwn(field.value, ctx.names))))
  ) : null;
  const node = h("div", { class: "attachment" },
    one.pretext ? h("div", {}, mrkdwn(one.pretext, ctx.names)) : null,
    one.service_name || one.author_name ? h("small", {}, one.author_name || one.service_name) : null, title,
    one.blocks?.length ? drawBlocks(one.blocks, ctx) : one.text ? h(
      "div",
      { class: "text" },
      mrkdwn(one.text, ctx.names)
    ) : !title && one.fallback ? h("div", {}, one.fallback) : null,
    fields, one.image_url ? picture(
      one.image_url,
      one.alt_text || one.title || "",
      "block-image"
    ) : null, one.footer ? h("small", {}, one.footer) : null);
  const colour = COLOURS[one.color] || (
    /^#?[0-9a-f]{6}$/i.test(one.color || "") ? `#${one.color.replace("#", "")}` : ""
  );
  if (colour) node.style.borderInlineStartColor = colour;
  return node;
}

function reactions(message, channel, room) {
  const held = (message.reactions || []).filter((one) => (one.users || []).length);
  if (!held.length) return null;
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, held.map((one) => {
    const mine = one.users.includes(room.user);
    const who = one.users.map((id) => room.names.person(id)).join(", ");
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": String(mine), "aria-label": `${one.name}, ${one.users.length}: ${who}`, title: `${who} reacted with :${one.name}:`,
      data: {
        reaction: one.name,
        focusKey: `reaction:${message.ts}:${one.name}`
      }, on: { click: () => react(message, channel, room, one.name, mine) },
    }, h("span", { class: "emoji" }, emoji(one.name)), ` ${one.users.length}`);
  }), h("button", {
    type: "button", class: "reaction add", "aria-label": "Add another reaction", title: "Add another reaction",
    data: { focusKey: `more-reactions:${message.ts}` },
    on: { click: (event) => pickReaction(event.currentTarget, message, channel, room) }
  }, icon("smile")));
}

function react(message, channel, room, name, mine) {
  return room.attempt({ type: mine ? "unreaction" : "reaction", channel: channel.id, ts: message.ts, name });
}

function pickReaction(anchor, message, channel, room) {
  const mine = (name) => Boolean(
    (message.reactions || []).find((one) => one.name === name)?.users?.includes(room.user)
  );
  openEmojiPicker(anchor, mine, (name) => react(message, channel, room, name, mine(name)));
}

async function remove(message, channel, room) {
  const sure = await ask({
    title: "Delete message",
    body: h("p", {}, "Delete this message? This cannot be undone."),
    yes: "Delete",
    danger: true
  });
  if (sure) await room.attempt({ type: "delete_message", channel: channel.id, ts: message.ts });
}

function menuItems(anchor, message, channel, room, inThread) {
  const shortcuts = (room.names.workspace.message_shortcuts || []).map((one) => ({
    label: one.name, hint: room.names.app.name, data: { callbackId: one.callback_id },
    act: () => room.attempt({
      type: "message_shortcut",
      channel: channel.id,
      ts: message.ts,
      callback_id: one.callback_id
    }),
  }));
  const own = message.user === room.user && !message.bot_id && !message.is_bot;
  return [
    ...shortcuts,
    { label: "Add reaction", act: () => pickReaction(anchor, message, channel, room) },
    ...(inThread ? [] : [{ label: "Reply in thread", act: () => room.openThread(message.thread_ts || message.ts) }]),
    ...(own ? [
      { label: "Edit message", act: () => room.edit(channel, message) },
      { label: "Delete message", danger: true, act: () => remove(message, channel, room) }
    ] : []),
  ];
}

function tools(message, channel, room, inThread) {
  if (message.ephemeral) return null;
  const tool = (label, mark, act) => h(
    "button",
    {
      type: "button",
      "aria-label": label,
      title: label,
      data: { focusKey: `${label}:${message.ts}` },
      on: { click: (event) => act(event.currentTarget) }
    },
    mark
  );
  return h("div", { class: "tools", role: "group", "aria-label": "Message actions" },
    tool("Add reaction", icon("smile"), (anchor) => pickReaction(anchor, message, channel, room)),
    inThread ? null : tool("Reply in thread", icon("reply"), () => room.openThread(message.thread_ts || message.ts)),
    tool(
      "More message actions",
      icon("more"),
      (anchor) => openMenu(anchor, "Message actions", menuItems(anchor, message, channel, room, inThread))
    ));
}

function replies(message, channel, room) {
  const count = message.reply_count || 0;
  if (!count) return null;
  const last = message.latest_reply ? h("small", {}, "last at ", hour(message.latest_reply)) : null;
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      data: { focusKey: `replies:${message.ts}` },
      on: { click: () => room.openThread(message.ts) }
    },
    h("span", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
    last
  );
}

function editor(message, channel, room) {
  const { editing } = room;
  const save = async () => {
    if (!editing.text.trim()) return;
    if (await room.attempt({
      type: "edit_message",
      channel: channel.id,
      ts: message.ts,
      text: editing.text
    })) room.edit(null);
  };
  const box = h("textarea", { class: "field", rows: 3, "aria-label": "Edit message", data: {
    focusKey: `edit:${message.ts}`
  }, on: {
    input: () => (editing.text = box.value),
    keydown: (event) => {
      if (event.key === "Escape") room.edit(null);
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        save();
      }
    },
  } });
  box.value = editing.text;
  return h(
    "div",
    { class: "editor" },
    box,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "button", on: { click: () => room.edit(null) } }, "Cancel"),
      h("button", { type: "button", class: "button primary", on: { click: save } }, "Save")
    )
  );
}

function body(message, channel, room, ctx) {
  if (room.editing?.ts === message.ts && room.editing.channel === channel.id) return [editor(message, channel, room)];
  return [
    h("div", { class: "blocks" }, words(message, ctx)),
    message.streaming ? h("div", { class: "streaming", role: "status" }, "writing…") : null,
    message.edited ? h("small", { class: "edited" }, "(edited)") : null,
    [...(message.attachments || []), ...(message.unfurls || [])].map(
      (one) => (one.entity ? entityCard(one, message, channel, room) : attachment(one, ctx))
    ),
    message.files?.length ? h("div", { class: "files" }, message.files.map(file)) : null,
  ];
}

/** A message. `look`: compact (same author just before), inThread. */
export function drawMessage(message, channel, room, look) {
  const { id, name, isApp } = author(message, room.names);
  const ctx = contextOf(message, channel, room);
  const compact = look.compact && !message.ephemeral;
  const head = h(
    "div",
    { class: compact ? "message-head unseen" : "message-head" },
    h("span", { class: "author" }, name),
    isApp ? h("span", { class: "tag" }, "App") : null,
    stamp(message.ts)
  );
  head.querySelector(".author").title = room.names.known(id)?.title || "";
  return h("article", {
    class: `message ${compact ? "compact" : ""} ${message.ephemeral ? "ephemeral" : ""}`,
    "aria-label": `${name}, ${hour(message.ts)}`,
    tabindex: "-1",
    data: {
      ts: message.ts, thread: message.thread_ts || message.ts, user: id, ephemeral: message.ephemeral ? "true" : "",
      focusKey: `message:${message.ts}`
    }
  },
    h("div", { class: "gutter" }, compact ? stamp(message.ts) : avatar(id || name, name, isApp)),
    h("div", { class: "message-main" },
      message.ephemeral ? h("div", { class: "only-you" }, icon("eye"), " Only visible to you") : null,
      head, body(message, channel, room, ctx), reactions(message, channel, room), look.inThread ? null : replies(message, channel, room)),
    tools(message, channel, room, look.inThread));
}
