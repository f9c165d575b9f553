// Draws the object a link stands for (a work object) as a card under the message.

import { followable, h, link, picture } from "./dom.js";
import { words } from "./mrkdwn.js";
import { openMenu, toast } from "./overlays.js";

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

/** The fields of an object in its own order, no more than `most`. */
export function fieldsOf(payload, most) {
  const own = Object.entries(payload.fields || {}).map(([key, field]) => ({
    key,
    ...(typeof field === "object" ? field : { value: field })
  }));
  const all = [...own, ...(payload.custom_fields || [])];
  const order = payload.display_order || [];
  const rank = (field) => (order.includes(field.key) ? order.indexOf(field.key) : order.length);
  return [...all].sort((one, other) => rank(one) - rank(other)).slice(0, most);
}

/** What a field is called. */
export function labelOf(field) {
  return field.label || String(field.key || "").replace(/_/g, " ");
}

/** Fields as a list of terms and what they hold. */
export function fieldList(fields, names) {
  if (!fields.length) return null;
  return h(
    "dl",
    { class: "section-fields" },
    fields.map((field) => h("div", {}, h("dt", {}, labelOf(field)), h("dd", {}, fieldValue(field, names))))
  );
}

/** An object's title, what kind of thing it is, and its icon. */
export function heading(entity) {
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

/** Runs one gesture from a button, which waits for the app; a failure is shown as a notice. */
export async function pressed(button, act) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (problem) {
    toast(problem.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** The buttons of an object; `act(action)` presses one. Up to two stand open, the others in a menu. */
export function actionButtons(entity, act) {
  const { primary_actions: first = [], overflow_actions: more = [] } = entity.entity_payload?.actions || {};
  const buttons = first.map((one) => h("button", {
    type: "button", class: `button ${one.style || ""}`, "aria-label": one.accessibility_label || null,
    data: { entityAction: one.action_id, focusKey: `entity-action:${entity.url}:${one.action_id}` },
    on: { click: (event) => {
      if (one.url) window.open(followable(one.url) || "about:blank", "_blank", "noopener");
      pressed(event.currentTarget, () => act(one));
    } }
  }, words(one.text)));
  if (more.length) buttons.push(h("button", {
    type: "button", class: "button", "aria-label": "More actions", "aria-haspopup": "menu",
    on: { click: (event) => openMenu(event.currentTarget, "More actions", more.map((one) => ({
      label: words(one.text), danger: one.style === "danger", data: { entityAction: one.action_id },
      act: () => pressed(event.target, () => act(one))
    }))) }
  }, "…"));
  return buttons;
}

/** The card of an object under the message that links to it. */
export function entityCard({ entity, from_url: address }, message, channel, room) {
  const { title, kind, icon } = heading(entity);
  const place = { channel: channel.id, ts: message.ts, url: address || entity.app_unfurl_url || entity.url };
  const details = h("button", {
    type: "button", class: "button", data: { focusKey: `entity:${message.ts}:${entity.url}` },
    on: { click: (event) => pressed(event.currentTarget, () => room.openPane(place)) }
  }, "Show details");
  const act = (one) => room.gesture({ type: "press_entity", ...place, action_id: one.action_id });
  return h(
    "div",
    { class: "attachment entity", data: { entityUrl: entity.url } },
    h("small", {}, icon, kind),
    h("div", { class: "attachment-title" }, link(entity.url, title)),
    fieldList(fieldsOf(entity.entity_payload || {}, SHOWN), room.names),
    h("div", { class: "actions" }, details, actionButtons(entity, act))
  );
}
