// Remembers what a person has typed and chosen, so that a redraw never loses it.

/** The state of one message's or one view's controls, in the shape of Slack's `state.values`. */
class Form {
  constructor() {
    this.values = new Map();
    this.seeds = {};
  }

  /** What the workspace itself holds for these controls; it goes before their initial values. */
  seeded(values) {
    this.seeds = values || {};
    return this;
  }

  key(block, action) {
    return JSON.stringify([block || "", action || ""]);
  }

  /** The control's state; `initial` is used until the person changes something. */
  begin(block, action, first) {
    const seed = this.seeds[block]?.[action];
    const initial = seed?.type === first.type && !isEmpty(seed) ? seed : first;
    const key = this.key(block, action);
    const held = this.values.get(key);
    if (held && held.state.type === initial.type && (
      held.touched || JSON.stringify(held.initial) === JSON.stringify(initial)
    )) return held.state;
    this.values.set(key, { block, action, state: { ...initial }, initial, touched: false });
    return this.values.get(key).state;
  }

  set(block, action, state) {
    const key = this.key(block, action);
    const held = this.values.get(key) || { block, action, initial: state };
    this.values.set(key, { ...held, state, touched: true });
  }

  get(block, action) {
    return this.values.get(this.key(block, action))?.state;
  }

  /** `{block_id: {action_id: state}}` of the given blocks. */
  collect(blocks) {
    const present = new Set((blocks || []).map((block) => block.block_id));
    const values = {};
    for (const { block, action, state } of this.values.values()) {
      if (!present.has(block)) continue;
      values[block] ??= {};
      values[block][action] = state;
    }
    return values;
  }
}

const forms = new Map();

/** The one form of a message or view, by its key. */
export function formOf(key) {
  if (!forms.has(key)) forms.set(key, new Form());
  return forms.get(key);
}

/** Forgets the forms whose keys start with `prefix` and are not in `kept`. */
export function forgetForms(prefix, kept) {
  for (const key of forms.keys()) if (key.startsWith(prefix) && !kept.has(key)) forms.delete(key);
}

const FILLED = ["value", "selected_option", "selected_options", "selected_date", "selected_time", "selected_date_time", "selected_user", "selected_users",
  "selected_conversation", "selected_conversations", "selected_channel", "selected_channels", "files", "rich_text_value"];

/** Whether a control's state holds nothing. */
function isEmpty(state) {
  return !state || FILLED.every((name) => {
    const value = state[name];
    return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  });
}

function numberProblem(element, text) {
  const number = Number(text);
  if (!Number.isFinite(number)) return "Enter a number.";
  if (element.is_decimal_allowed === false && !Number.isInteger(number)) return "Enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Enter ${element.max_value} or less.`;
  return null;
}

function textProblem(element, text) {
  if (element.min_length && text.length < element.min_length) return `Enter at least ${element.min_length} characters.`;
  if (element.max_length && text.length > element.max_length) return `Enter at most ${element.max_length} characters.`;
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+$/.test(text)) return "Enter an e-mail address.";
  if (element.type === "url_text_input" && !/^https?:\S+\.?\S*$/i.test(text)) return "Enter a web address.";
  return element.type === "number_input" ? numberProblem(element, text) : null;
}

/** What Slack itself would object to before a submission: `{block_id: sentence}`. */
export function problemsOf(view, form) {
  const problems = {};
  for (const block of view.blocks || []) {
    if (block.type !== "input" || !block.element) continue;
    const state = form.get(block.block_id, block.element.action_id);
    if (isEmpty(state)) {
      if (!block.optional) problems[block.block_id] = "Please complete this required field.";
    } else if (typeof state.value === "string") {
      const problem = textProblem(block.element, state.value);
      if (problem) problems[block.block_id] = problem;
    }
  }
  return problems;
}
