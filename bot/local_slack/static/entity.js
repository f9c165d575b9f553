// Draws the object a link stands for (a work object): its card under a message, and the pane with its details.

import { h, link, picture } from "./dom.js";
import { words } from "./mrkdwn.js";
import { toast } from "./overlays.js";

const SHOWN = 10;

function textOf(value, names) {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((one, index) => [index ? ", " : "", ...textOf(one, names)]);
  if (typeof value === "object") return textOf(
    value.user_id ? `@${names.person(value.user_id)}` : value.text ?? value.value ?? value.label ?? value.name,
    names
  );
  return [String(value)];
}

function fieldValue(field, names) {
  if (field.type === "slack#/types/user" && (field.user?.user_id || field.value)) return [
    `@${names.person(field.user?.user_id || field.value)}`
  ];
  if (field.link || field.type === "slack#/types/link") return [link(
    field.link || field.value,
    ...textOf(field.value, names)
  )];
  if (field.type === "slack#/types/timestamp" && Number.isFinite(Number(field.value))) return [new Date(Number(field.value) * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })];
  return textOf(field.value ?? field.text ?? field, names);
}

function listed(payload, names, most) {
  const own = Object.entries(payload.fields || {}).map(([key, field]) => ({
    key,
    ...(typeof field === "object" ? field : { value: field })
  }));
  const all = [...own, ...(payload.custom_fields || [])];
  const order = payload.display_order || [];
  const rank = (field) => (order.includes(field.key) ? order.indexOf(field.key) : order.length);
  const fields = [...all].sort((one, other) => rank(one) - rank(other)).slice(0, most);
  if (!fields.length) return null;
  const name = (field) => field.label || String(field.key || "").replace(/_/g, " ");
  return h(
    "dl",
    { class: "section-fields" },
    fields.map((field) => h("div", {}, h("dt", {}, name(field)), h("dd", {}, fieldValue(field, names))))
  );
}

function heading(entity) {
  const { attributes = {} } = entity.entity_payload || {};
  const { title, product_name: product, display_type: kind } = attributes;
  const icon = attributes.product_icon?.url ? picture(
    attributes.product_icon.url,
    attributes.product_icon.alt_text || "",
    "icon"
  ) : null;
  return {
    title: words(title) || entity.url || "",
    kind: [product, kind, words(attributes.display_id)].filter(Boolean).join(" · "),
    icon
  };
}

/** The card of an object under the message that links to it. */
export function entityCard({ entity, from_url: address }, message, channel, room) {
  const { title, kind, icon } = heading(entity);
  const open = async (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-busy", "true");
    try {
      await room.openPane({ channel: channel.id, ts: message.ts, url: address || entity.app_unfurl_url || entity.url });
    } catch (problem) {
      toast(problem.message);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
  return h("div", { class: "attachment entity", data: { entityUrl: entity.url } },
    h("small", {}, icon, kind), h(
      "div",
      { class: "attachment-title" },
      link(entity.url, title)
    ), listed(entity.entity_payload || {}, room.names, SHOWN),
    h(
      "button",
      {
        type: "button",
        class: "button",
        data: { focusKey: `entity:${message.ts}:${entity.url}` },
        on: { click: open }
      },
      "Show details"
    ));
}

/** The pane with the details that the app presented, or its refusal. */
export function drawPane(side, pane, room) {
  const entity = pane.metadata || {};
  const { title, kind } = heading(entity);
  const problem = pane.error ? h(
    "p",
    { class: "error", role: "alert" },
    pane.error.custom_message || pane.error.custom_title || pane.error.status || "The app could not show this."
  ) : null;
  const name = pane.metadata ? title : "Details";
  side.setAttribute("aria-label", `Details: ${name}`);
  side.replaceChildren(
    h(
      "div",
      { class: "side-head" },
      h("h2", {}, "Details"),
      h(
        "button",
        { type: "button", class: "quiet", "aria-label": "Close details", on: { click: () => room.closePane() } },
        "×"
      )
    ),
    h(
      "div",
      { class: "side-body" },
      problem,
      pane.loading ? h("p", { class: "hint", role: "status" }, "Looking up the details…") : null,
      pane.metadata ? [
        h("small", {}, kind),
        h("h3", { class: "header" }, title),
        listed(entity.entity_payload || {}, room.names, 50),
        entity.url ? h("p", {}, link(entity.url, "Open the page")) : null
      ] : null
    ));
}
