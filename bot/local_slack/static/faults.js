// The panel that orders faults and moves the workspace's clock.

import { door } from "./door.js";
import { freshId, h } from "./dom.js";
import { toast } from "./overlays.js";

const METHODS = ["chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.publish", "*"];
const ERRORS = [
  "invalid_auth", "token_revoked", "missing_scope", "not_in_channel", "channel_not_found", "is_archived", "invalid_blocks",
  "msg_too_long", "expired_trigger_id", "fatal_error"
];

/** A text box that offers the usual choices and takes any other. */
function offering(label, value, choices) {
  const id = freshId("choices");
  return [
    h("input", { type: "text", class: "field", "aria-label": label, value, list: id, autocomplete: "off" }),
    h("datalist", { id }, choices.map((one) => h("option", { value: one })))
  ];
}

const number = (label, value) => h(
  "input",
  { type: "number", class: "field short", "aria-label": label, value: String(value), min: 1 }
);

async function told(asked, said) {
  try {
    const answer = await asked();
    toast(said(answer), "note");
  } catch (problem) {
    toast(problem.message);
  }
}

const button = (label, body, said) => h(
  "button",
  { type: "button", class: "button", on: { click: () => told(() => door.faults(body()), () => said) } },
  label
);

const row = (label, ...controls) => h("div", { class: "fault-row" }, label ? h("span", { class: "fault-name" }, label) : null, controls);

function refusals() {
  const [method, methods] = offering("Method", "chat.postMessage", METHODS);
  const [error, errors] = offering("Error", "not_in_channel", ERRORS);
  const [times, after] = [number("How many calls", 1), number("Retry after, seconds", 5)];
  const about = () => ({ method: method.value.trim(), times: Number(times.value) });
  return [
    row("Calls", times, " × ", method, methods),
    row("", button("Rate limit", () => ({ rate_limit: { ...about(), retry_after: Number(after.value) } }), "The next such calls are refused with 429."), after, " s"),
    row("", button("Refuse", () => ({ error: { ...about(), error: error.value.trim() } }), "The next such calls are refused."), error, errors),
    row("", button("Answer 500", () => ({ http_500: about() }), "The next such calls are answered with 500."))
  ];
}

function deliveries() {
  const delay = number("Delay, milliseconds", 2500);
  return [
    row(
      "Envelopes",
      button("Drop sockets", () => ({ drop_sockets: true }), "The app's sockets were closed."),
      button("Deliver next twice", () => ({ duplicate_next: 1 }), "The next envelope goes out twice.")
    ),
    row("", button("Delay next", () => ({ delay_next_ms: Number(delay.value) }), "The next envelope is held back."), delay, " ms")
  ];
}

function clock() {
  const seconds = number("Seconds to advance", 60);
  const days = number("Days to advance", 34);
  const shown = (now) => new Date(now).toLocaleString("en-GB");
  const move = () => told(
    () => door.clock(Number(seconds.value)),
    ({ now }) => `The workspace's clock moved by ${seconds.value} s; it now says ${shown(now)}.`
  );
  const pass = () => told(
    () => door.clock(Number(days.value) * 86400, true),
    ({ now }) => `${days.value} days passed for the workspace and the app; it now is ${shown(now)}.`
  );
  return [
    row("Clock", h("button", { type: "button", class: "button", on: { click: move } }, "Move clock"), seconds, " s"),
    row("", h("button", { type: "button", class: "button", on: { click: pass } }, "Let time pass"), days, " days, for the app too")
  ];
}

/** The whole panel, folded until somebody wants it. */
export function faultsPanel() {
  return h(
    "details",
    { class: "faults" },
    h("summary", {}, "Faults and time"),
    refusals(),
    deliveries(),
    clock(),
    row("", button("Clear faults", () => ({}), "No faults are set."))
  );
}
