// Draws the elements a person chooses with: selects of all kinds, dates and times.

import { combobox, fixed, flattened } from "./combobox.js";
import { debounced, h } from "./dom.js";
import { hooks, perform } from "./acting.js";
import { words } from "./mrkdwn.js";

/** Which directory a select lists, and the slots its state has. */
const DIRECTORIES = {
  users: {
    list: (ctx) => ctx.names.everybody(),
    one: "selected_user",
    many: "selected_users",
    first: "initial_user",
    firsts: "initial_users"
  },
  conversations: {
    list: (ctx) => ctx.names.conversations(),
    one: "selected_conversation",
    many: "selected_conversations",
    first: "initial_conversation",
    firsts: "initial_conversations"
  },
  channels: {
    list: (ctx) => ctx.names.channels(),
    one: "selected_channel",
    many: "selected_channels",
    first: "initial_channel",
    firsts: "initial_channels"
  },
};

function told(node, element, block, ctx, place, state, detail) {
  ctx.form.set(block.block_id, element.action_id, state);
  // Slack tells nobody when a single choice is taken back.
  if (place.dispatches && detail.value !== null) perform(node, element, block, ctx, detail);
}

function nativeSelect(element, block, ctx, place, groups, chosenValue, changed) {
  const flat = groups.flatMap((group) => group.options);
  const row = (option) => {
    const more = words(option.description);
    return h(
      "option",
      { value: String(flat.indexOf(option)), selected: option.value === chosenValue, data: { value: option.value } },
      words(option.text) + (more ? ` — ${more}` : "")
    );
  };
  const node = h("select", {
    class: "field",
    ...place.named,
    data: hooks(element, block),
    on: { change: () => changed(node, flat[Number(node.value)] ?? null) }
  },
    h(
      "option",
      { value: "", selected: !flat.some((option) => option.value === chosenValue) },
      words(element.placeholder) || "Choose…"
    ),
    groups.map((group) => (group.label ? h(
      "optgroup",
      { label: group.label },
      group.options.map(row)
    ) : group.options.map(row))));
  return node;
}

function staticSelect(element, block, ctx, place) {
  const groups = element.option_groups ? element.option_groups.map((group) => ({
    label: words(group.label),
    options: group.options || []
  })) : [{ label: "", options: element.options || [] }];
  const state = ctx.form.begin(
    block.block_id,
    element.action_id,
    { type: element.type, selected_option: element.initial_option || null }
  );
  return nativeSelect(element, block, ctx, place, groups, state.selected_option?.value, (node, option) => {
    told(
      node,
      element,
      block,
      ctx,
      place,
      { type: element.type, selected_option: option },
      { value: option?.value ?? null, selected_option: option }
    );
  });
}

function directorySelect(kind) {
  return (element, block, ctx, place) => {
    const { list, one, first } = DIRECTORIES[kind];
    const state = ctx.form.begin(
      block.block_id,
      element.action_id,
      { type: element.type, [one]: element[first] || null }
    );
    return nativeSelect(element, block, ctx, place, [{ label: "", options: list(ctx) }], state[one], (node, option) => {
      told(
        node,
        element,
        block,
        ctx,
        place,
        { type: element.type, [one]: option?.value ?? null },
        { value: option?.value ?? null }
      );
    });
  };
}

function comboSelect(element, block, ctx, place, setup) {
  return combobox({
    label: place.label || words(element.placeholder) || "choice", attributes: {
      class: "field",
      ...place.named
    }, data: hooks(element, block),
    placeholder: words(element.placeholder) || "Type to search", maximum: element.max_selected_items, minimum: 0, ...setup,
  });
}

function remote(element, block, ctx) {
  return async (typed) => flattened(await ctx.suggest({
    action_id: element.action_id,
    block_id: block.block_id,
    value: typed
  }));
}

function externalSelect(element, block, ctx, place) {
  const state = ctx.form.begin(
    block.block_id,
    element.action_id,
    { type: element.type, selected_option: element.initial_option || null }
  );
  const node = comboSelect(element, block, ctx, place, {
    chosen: state.selected_option ? [state.selected_option] : [], remote: true, minimum: element.min_query_length ?? 3, source: remote(element, block, ctx),
    onChange: ([option = null]) => told(
      node,
      element,
      block,
      ctx,
      place,
      { type: element.type, selected_option: option },
      { value: option?.value ?? null, selected_option: option }
    ),
  });
  return node;
}

function multiOptions(isRemote) {
  return (element, block, ctx, place) => {
    const state = ctx.form.begin(
      block.block_id,
      element.action_id,
      { type: element.type, selected_options: element.initial_options || [] }
    );
    const node = comboSelect(element, block, ctx, place, {
      chosen: state.selected_options, multiple: true, remote: isRemote, minimum: isRemote ? element.min_query_length ?? 3 : 0,
      source: isRemote ? remote(element, block, ctx) : fixed(flattened(element)),
      onChange: (options) => told(
        node,
        element,
        block,
        ctx,
        place,
        { type: element.type, selected_options: options },
        { value: options.map((option) => option.value), selected_options: options }
      ),
    });
    return node;
  };
}

function multiDirectory(kind) {
  return (element, block, ctx, place) => {
    const { list, many, firsts } = DIRECTORIES[kind];
    const state = ctx.form.begin(
      block.block_id,
      element.action_id,
      { type: element.type, [many]: element[firsts] || [] }
    );
    const all = list(ctx);
    const node = comboSelect(element, block, ctx, place, {
      chosen: all.filter(
        (option) => state[many].includes(option.value)
      ), multiple: true, source: fixed(all.map((option) => ({ group: "", option }))),
      onChange: (options) => {
        const ids = options.map((option) => option.value);
        told(node, element, block, ctx, place, { type: element.type, [many]: ids }, { value: ids });
      },
    });
    return node;
  };
}

const two = (number) => String(number).padStart(2, "0");

function localMoment(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const when = new Date(seconds * 1000);
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}T${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** Input type, state slot, initial field and the two translations of each date element. */
const MOMENTS = {
  datepicker: {
    type: "date",
    slot: "selected_date",
    first: "initial_date",
    show: (value) => value || "",
    read: (text) => text || null
  },
  timepicker: {
    type: "time",
    slot: "selected_time",
    first: "initial_time",
    show: (value) => value || "",
    read: (text) => text || null
  },
  datetimepicker: {
    type: "datetime-local", slot: "selected_date_time", first: "initial_date_time", show: localMoment,
    read: (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
  },
};

function moment(kind) {
  const { type, slot, first, show, read } = MOMENTS[kind];
  return (element, block, ctx, place) => {
    const state = ctx.form.begin(
      block.block_id,
      element.action_id,
      { type: element.type, [slot]: element[first] ?? null }
    );
    let last = state[slot];
    // Typing a date raises a change for each part, so the app is told once the person pauses.
    const tell = debounced(() => {
      const value = read(node.value);
      if (value === last || value === null || !place.dispatches) return;
      last = value;
      perform(node, element, block, ctx, { value });
    }, 500);
    const node = h("input", { type, class: "field", ...place.named, title: words(element.placeholder) || null, data: hooks(element, block), on: { change: () => {
      ctx.form.set(block.block_id, element.action_id, { type: element.type, [slot]: read(node.value) });
      tell();
    } } });
    node.value = show(state[slot]);
    return node;
  };
}

export const pickers = {
  static_select: staticSelect, external_select: externalSelect, users_select: directorySelect("users"), conversations_select: directorySelect("conversations"), channels_select: directorySelect("channels"),
  multi_static_select: multiOptions(false), multi_external_select: multiOptions(true),
  multi_users_select: multiDirectory("users"), multi_conversations_select: multiDirectory("conversations"), multi_channels_select: multiDirectory("channels"),
  datepicker: moment("datepicker"), timepicker: moment("timepicker"), datetimepicker: moment("datetimepicker"),
};
