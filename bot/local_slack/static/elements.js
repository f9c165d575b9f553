// Draws Block Kit's interactive elements and tells the app what a person did with them.

import { hooks, perform } from "./acting.js";
import { followable, h, picture } from "./dom.js";
import { fields } from "./fields.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { openMenu } from "./overlays.js";
import { pickers } from "./pickers.js";

function button(element, block, ctx) {
  const style = ["primary", "danger"].includes(element.style) ? element.style : "";
  const shared = {
    class: `button ${style}`,
    "aria-label": element.accessibility_label || null,
    data: hooks(element, block)
  };
  const press = (event) => perform(
    event.currentTarget,
    element,
    block,
    ctx,
    element.value === undefined ? {} : { value: element.value }
  );
  const href = element.url ? followable(element.url) : null;
  if (!href) return h(
    "button",
    { type: "button", ...shared, on: { click: press } },
    textObject(element.text, ctx.names)
  );
  return h(
    "a",
    { ...shared, href, target: "_blank", rel: "noopener noreferrer", on: { click: press } },
    textObject(element.text, ctx.names),
    h("span", { class: "outward", "aria-hidden": "true" }, "↗")
  );
}

function overflow(element, block, ctx) {
  const open = (event) => {
    const anchor = event.currentTarget;
    openMenu(anchor, "More actions", (element.options || []).map((option) => ({
      label: words(option.text), hint: words(option.description), data: { value: option.value },
      act: () => {
        if (option.url && followable(option.url)) window.open(followable(option.url), "_blank", "noopener");
        perform(anchor, element, block, ctx, { value: option.value, selected_option: option });
      },
    })));
  };
  return h(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-label": element.accessibility_label || "More actions",
      "aria-haspopup": "menu",
      data: hooks(element, block),
      on: { click: open }
    },
    icon("more")
  );
}

function choices(kind) {
  return (element, block, ctx, place) => {
    const many = kind === "checkbox";
    const slot = many ? "selected_options" : "selected_option";
    const initial = {
      type: element.type,
      [slot]: many ? element.initial_options || [] : element.initial_option || null
    };
    const state = ctx.form.begin(block.block_id, element.action_id, initial);
    const held = () => (many ? state[slot] : [state[slot]]).filter(Boolean).map((option) => option.value);
    const group = h(
      "div",
      { class: "choices", role: many ? "group" : "radiogroup", ...place.named, data: hooks(element, block) }
    );
    const changed = () => {
      const picked = (element.options || []).filter((option, index) => group.querySelectorAll("input")[index].checked);
      const next = { type: element.type, [slot]: many ? picked : picked[0] || null };
      ctx.form.set(block.block_id, element.action_id, next);
      if (place.dispatches) perform(
        group,
        element,
        block,
        ctx,
        { value: many ? picked.map((option) => option.value) : picked[0]?.value, [slot]: next[slot] }
      );
    };
    const name = `${kind}-${ctx.key}-${block.block_id}-${element.action_id}`;
    group.append(...(element.options || []).map((option, index) => h("label", {},
      h(
        "input",
        {
          type: kind,
          name,
          value: option.value,
          checked: held().includes(option.value),
          data: { ...hooks(element, block), option: `option-${index}` },
          on: { change: changed }
        }
      ),
      h(
        "span",
        {},
        textObject(option.text, ctx.names),
        option.description ? h("small", {}, textObject(option.description, ctx.names)) : null
      ))));
    return group;
  };
}

function feedback(element, block, ctx) {
  const group = h("span", { class: "feedback", role: "group", "aria-label": "Feedback", data: hooks(element, block) });
  const one = (side, sign) => {
    const choice = element[side];
    if (!choice) return null;
    const key = `${side}`;
    const pressed = ctx.form.get(block.block_id, element.action_id)?.chosen === key;
    return h("button", {
      type: "button", class: "button icon", "aria-label": choice.accessibility_label || words(choice.text), title: words(choice.text), "aria-pressed": String(pressed),
      data: { ...hooks(element, block), option: key, value: choice.value },
      on: { click: async (event) => {
        const node = event.currentTarget;
        if (!(await perform(node, element, block, ctx, { value: choice.value }))) return;
        ctx.form.set(block.block_id, element.action_id, { type: element.type, chosen: key });
        for (const other of group.querySelectorAll("button")) other.setAttribute(
          "aria-pressed",
          String(other === node)
        );
      } },
    }, sign);
  };
  group.append(...[one("positive_button", icon("up")), one("negative_button", icon("down"))].filter(Boolean));
  return group;
}

function iconButton(element, block, ctx) {
  if (Array.isArray(element.visible_to_user_ids) && element.visible_to_user_ids.length && !element.visible_to_user_ids.includes(ctx.user)) return h("span", { hidden: true });
  const label = element.accessibility_label || words(element.text);
  const mark = element.icon === "trash" ? icon("trash") : "•";
  const press = (event) => perform(
    event.currentTarget,
    element,
    block,
    ctx,
    element.value === undefined ? {} : { value: element.value }
  );
  return h(
    "button",
    {
      type: "button",
      class: "button icon",
      "aria-label": label,
      title: words(element.text) || label,
      data: hooks(element, block),
      on: { click: press }
    },
    mark
  );
}

const DRAW = {
  button, workflow_button: button, overflow, checkboxes: choices("checkbox"), radio_buttons: choices("radio"),
  feedback_buttons: feedback, icon_button: iconButton,
  image: (element) => picture(element.image_url || element.slack_file?.url, element.alt_text, "accessory"),
  ...pickers, ...fields,
};

/**
 * One element. `place`: named (attributes that label it), dispatches (whether a change is told to the app at once),
 * block-level label in words.
 */
export function drawElement(element, block, ctx, place = {}) {
  const full = { dispatches: true, label: "", ...place };
  full.named ??= { "aria-label": full.label || words(element?.placeholder) || words(element?.text) || "Choice" };
  const draw = Object.hasOwn(DRAW, element?.type) ? DRAW[element.type] : null;
  return draw ? draw(element, block, ctx, full) : h("span", { class: "unknown-inline" }, `element “${element?.type}”`);
}
