// Draws the elements a person types into or drops files on.

import { base64Of, debounced, h } from "./dom.js";
import { hooks, perform } from "./acting.js";
import { words } from "./mrkdwn.js";
import { richWords } from "./rich_text.js";
import { toast } from "./overlays.js";

const KINDS = {
  plain_text_input: { type: "text" }, email_text_input: {
    type: "email",
    inputmode: "email"
  }, url_text_input: { type: "url", inputmode: "url" },
  number_input: { type: "text", inputmode: "decimal" }, rich_text_input: {},
};

function richValue(text) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function stateOf(element, text) {
  if (element.type === "rich_text_input") return { type: element.type, rich_text_value: text ? richValue(text) : null };
  return { type: element.type, value: text === "" ? null : text };
}

function begun(element, block, ctx) {
  const rich = element.type === "rich_text_input";
  const initial = rich ? {
    type: element.type,
    rich_text_value: element.initial_value || null
  } : stateOf(element, element.initial_value ?? "");
  const state = ctx.form.begin(block.block_id, element.action_id, initial);
  return rich ? richWords(state.rich_text_value) : state.value ?? "";
}

function textField(element, block, ctx, place) {
  const many = element.multiline || element.type === "rich_text_input";
  const triggers = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  const tell = (node) => perform(node, element, block, ctx, { value: node.value });
  const typing = debounced(tell, 400);
  const node = h(many ? "textarea" : "input", {
    ...(many ? { rows: 4 } : KINDS[element.type]), ...place.named, class: "field", autocomplete: "off",
    placeholder: words(element.placeholder) || null, maxlength: element.max_length || null, data: {
      ...hooks(element, block),
      ...(element.focus_on_load ? { focusOnLoad: "true" } : {})
    },
    on: {
      input: () => {
        ctx.form.set(block.block_id, element.action_id, stateOf(element, node.value));
        if (place.dispatches && triggers.includes("on_character_entered")) typing(node);
      },
      keydown: (event) => {
        if (event.key !== "Enter" || event.isComposing || (many && !(event.ctrlKey || event.metaKey))) return;
        event.preventDefault();
        if (place.dispatches && triggers.includes("on_enter_pressed")) tell(node);
        else ctx.submit?.();
      },
    },
  });
  node.value = begun(element, block, ctx);
  return node;
}

function fileField(element, block, ctx, place) {
  const state = ctx.form.begin(block.block_id, element.action_id, { type: element.type, files: [] });
  const most = element.max_files || 10;
  // After a redraw the browser's own list is empty, so what was chosen before is named here.
  const listed = h("ul", { class: "file-list" }, (state.files || []).map((file) => h("li", {}, file.name)));
  const accept = (element.filetypes || []).map((kind) => `.${kind}`).join(",");
  const take = async (event) => {
    const chosen = [...event.currentTarget.files];
    if (chosen.length > most) return toast(`At most ${most} files can be added here.`);
    try {
      const files = await Promise.all(chosen.map(async (file) => ({
        name: file.name,
        mimetype: file.type,
        size: file.size,
        content_base64: await base64Of(file)
      })));
      ctx.form.set(block.block_id, element.action_id, { type: element.type, files });
      listed.replaceChildren();
    } catch (problem) {
      toast(problem.message);
    }
    return undefined;
  };
  return h(
    "div",
    { class: "file-field" },
    h(
      "input",
      {
        type: "file",
        ...place.named,
        multiple: most > 1,
        accept: accept || null,
        data: hooks(element, block),
        on: { change: take }
      }
    ),
    listed
  );
}

export const fields = {
  plain_text_input: textField, email_text_input: textField, url_text_input: textField, number_input: textField, rich_text_input: textField, file_input: fileField,
};
