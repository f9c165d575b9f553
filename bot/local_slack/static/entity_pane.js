// The side pane of a linked object: what the app presented, its buttons, and the fields that may be changed.

import { actionButtons, fieldList, fieldsOf, heading, labelOf, pressed } from "./entity.js";
import { freshId, h, link } from "./dom.js";
import { words } from "./mrkdwn.js";

const SHOWN = 50;
const REFUSALS = {
  timeout: "The app did not present anything in time; this is what its card knows.",
  restricted: "You may not see this.",
  not_found: "The app does not know this object any more.",
  internal_error: "The app could not show this.",
  edit_error: "The app did not accept the change.",
};

const canEdit = (field) => Boolean(field.key && field.edit?.enabled);

function control(field) {
  const { select, number } = field.edit;
  const held = select?.current_value ?? field.value ?? "";
  if (select?.static_options) {
    const options = select.static_options.map((one) => new Option(words(one.text), one.value, false, one.value === held));
    return h("select", { class: "field" }, options);
  }
  return h("input", {
    class: "field", type: number ? "number" : "text", value: String(held),
    placeholder: words(field.edit.placeholder) || null, min: number?.min_value, max: number?.max_value,
    maxlength: field.edit.text?.max_length
  });
}

/** The fields that may be changed, with one button that saves what was changed. */
function editor(fields, act) {
  const rows = fields.map((field) => {
    const input = control(field);
    input.id = freshId("entity-field");
    return { field, input, before: input.value };
  });
  const save = h("button", { type: "button", class: "button primary", on: { click: (event) => {
    const changed = rows.filter((row) => row.input.value !== row.before);
    if (changed.length) pressed(event.currentTarget, () => act(Object.fromEntries(
      changed.map((row) => [row.field.key, row.input.value])
    )));
  } } }, "Save changes");
  return h("div", { class: "entity-editor" }, rows.map(({ field, input }) => h(
    "div",
    { class: "mail-line" },
    h("label", { for: input.id }, labelOf(field)),
    input,
    field.edit.hint ? h("small", {}, words(field.edit.hint)) : null
  )), save);
}

function refusal(error) {
  if (!error) return null;
  const said = [error.custom_title, error.custom_message].filter(Boolean).join(": ");
  return h("p", { class: "error", role: "alert" }, said || REFUSALS[error.status] || REFUSALS.internal_error);
}

function details(pane, room) {
  const entity = pane.metadata;
  const place = { channel: pane.channel, ts: pane.ts, url: pane.url };
  const fields = fieldsOf(entity.entity_payload || {}, SHOWN);
  const editable = fields.filter(canEdit);
  const { title, kind } = heading(entity);
  return [
    h("small", {}, kind),
    h("h3", { class: "header" }, title),
    fieldList(fields.filter((field) => !canEdit(field)), room.names),
    editable.length ? editor(editable, (values) => room.gesture({ type: "save_entity", ...place, values })) : null,
    h("div", { class: "actions" }, actionButtons(
      entity,
      (one) => room.gesture({ type: "press_entity", ...place, pane: true, action_id: one.action_id })
    )),
    entity.url ? h("p", {}, link(entity.url, "Open the page")) : null
  ];
}

/** Draws the pane with the details that the app presented, or its refusal. */
export function drawPane(side, pane, room) {
  const name = pane.metadata ? heading(pane.metadata).title : "";
  side.setAttribute("aria-label", name ? `Details: ${name}` : "Details");
  const close = h(
    "button",
    { type: "button", class: "quiet", "aria-label": "Close details", on: { click: () => room.closePane() } },
    "×"
  );
  side.replaceChildren(
    h("div", { class: "side-head" }, h("h2", {}, "Details"), close),
    h(
      "div",
      { class: "side-body" },
      refusal(pane.error),
      pane.loading ? h("p", { class: "hint", role: "status" }, "Looking up the details…") : null,
      pane.metadata ? details(pane, room) : null
    )
  );
}
