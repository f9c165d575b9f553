// The drawer for developers: every call and envelope with its milliseconds, and faults to try.

import { door } from "./door.js";
import { h } from "./dom.js";
import { toast } from "./overlays.js";

const MOST = 200;

const firstOf = (entry, ...keys) => keys.map((key) => entry[key]).find(
  (value) => value !== undefined && value !== null
);

/** What one line of the log says. */
function lineOf(entry) {
  const isEnvelope = entry.kind === "envelope" || entry.envelope_id !== undefined || entry.envelope !== undefined;
  const answer = entry.answer ?? entry.response ?? entry.ack;
  const error = entry.error || (answer && answer.ok === false ? answer.error : null);
  const payload = entry.payload || entry.envelope?.payload || {};
  const detail = isEnvelope ? [
    payload.event?.type,
    payload.command,
    payload.type,
    payload.actions?.[0]?.action_id,
    payload.callback_id
  ].filter((text) => typeof text === "string" && text !== "event_callback").join(" ") : "";
  return {
    isEnvelope,
    error,
    ms: firstOf(entry, "ack_ms", "ms"),
    name: [firstOf(entry, "method", "type", "kind") || "entry", detail].filter(Boolean).join(" · "),
    at: firstOf(entry, "at", "time", "ts")
  };
}

/** An envelope that the app has not acknowledged yet; its line will still change. */
function isOpen(entry) {
  return entry.kind === "envelope" && (entry.ms === null || entry.ms === undefined);
}

function time(at) {
  const when = typeof at === "number" ? new Date(at * 1000) : new Date(at ?? NaN);
  return Number.isNaN(when.getTime()) ? "" : when.toLocaleTimeString("en-GB");
}

function row(entry) {
  const { isEnvelope, error, ms, name, at } = lineOf(entry);
  const details = h("details", { class: error ? "failed" : "" }, h("summary", {},
    h(
      "span",
      {
        class: "way",
        title: isEnvelope ? "to the app" : "from the app",
        role: "img",
        "aria-label": isEnvelope ? "to the app" : "from the app"
      },
      isEnvelope ? "→" : "←"
    ),
    h("span", { class: "call" }, name), error ? h("span", { class: "tag danger" }, error) : null,
    h(
      "small",
      { class: "ms" },
      Number.isFinite(Number(ms)) && ms !== null && ms !== undefined ? `${Number(ms).toFixed(1)} ms` : isEnvelope ? "no ack" : ""
    ), h("small", {}, time(at))));
  // The JSON is written when somebody looks, since most lines are never opened.
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(h("pre", {}, JSON.stringify(entry, null, 2)));
  });
  return h("li", {}, details);
}

export class Inspector {
  constructor(node, button) {
    Object.assign(this, { node, button });
    this.list = h("ol", { class: "log-lines", reversed: true });
    this.state = h("p", { class: "hint", role: "status" });
    this.since = 0;
    this.lines = new Map();
    node.append(h(
      "div",
      { class: "side-head" },
      h("h2", {}, "Inspector"),
      h(
        "button",
        { type: "button", class: "quiet", "aria-label": "Close inspector", on: { click: () => this.toggle(false) } },
        "×"
      )
    ),
      h("div", { class: "side-body" }, this.faults(), h("h3", {}, "Calls and envelopes"), this.state, this.list));
    node.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  get open() {
    return !this.node.hidden;
  }

  toggle(open = !this.open) {
    this.node.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("inspecting", open);
    if (open) this.refresh();
    else this.button.focus();
  }

  faults() {
    const number = (label, value, min) => h(
      "input",
      { type: "number", class: "field short", "aria-label": label, value: String(value), min }
    );
    const act = (label, body, said) => h(
      "button",
      { type: "button", class: "button", on: { click: () => this.send(body, said) } },
      label
    );
    const method = h(
      "input",
      { type: "text", class: "field", "aria-label": "Method to limit", value: "chat.postMessage" }
    );
    const [after, delay, seconds] = [
      number("Retry after, seconds", 5, 1),
      number("Delay, milliseconds", 2500, 1),
      number("Seconds to advance", 60, 1)
    ];
    const move = h(
      "button",
      { type: "button", class: "button", on: { click: () => this.advance(Number(seconds.value)) } },
      "Move clock"
    );
    return h("fieldset", { class: "faults" }, h("legend", {}, "Faults and time"),
      h(
        "div",
        {},
        act(
          "Rate limit",
          () => ({ rate_limit: { method: method.value.trim(), times: 1, retry_after: Number(after.value) } }),
          "The next such call is refused."
        ),
        method,
        after,
        " s"
      ),
      h("div", {}, act("Drop sockets", () => ({ drop_sockets: true }), "The app's sockets were closed."), act(
        "Deliver next twice",
        () => ({ duplicate_next: 1 }),
        "The next envelope goes out twice."
      ),
        act(
          "Fail next call",
          () => ({ http_500: { method: method.value.trim(), times: 1 } }),
          "The next such call is answered with 500."
        )),
      h(
        "div",
        {},
        act("Delay next", () => ({ delay_next_ms: Number(delay.value) }), "The next envelope is held back."),
        delay,
        " ms"
      ),
      h("div", {}, move, seconds, " s"), h("div", {}, act("Clear faults", () => ({}), "No faults are set.")));
  }

  async send(body, said) {
    try {
      const answer = await door.faults(body());
      if (answer.error) throw new Error(answer.error);
      toast(said, "note");
    } catch (problem) {
      toast(problem.message);
    }
  }

  async advance(seconds) {
    try {
      const answer = await door.clock(seconds);
      if (answer.error) throw new Error(answer.error);
      toast(
        `The workspace's clock moved by ${seconds} s; it now says ${new Date(answer.now).toLocaleTimeString("en-GB")}.`,
        "note"
      );
    } catch (problem) {
      toast(problem.message);
    }
  }

  async refresh() {
    if (!this.open || this.reading) return;
    this.reading = true;
    try {
      let { entries = [], last = 0 } = await door.log(this.since);
      if (last < this.since) {
        this.forget();
        ({ entries = [], last = 0 } = await door.log(0));
      }
      this.take(entries.slice(-MOST));
      this.since = Math.max(last - MOST, Math.min(last, ...entries.filter(isOpen).map((entry) => entry.seq - 1)));
      this.state.textContent = last ? `${last} so far, the newest first.` : "Nothing has been called yet.";
    } catch (problem) {
      this.state.textContent = problem.message;
    } finally {
      this.reading = false;
    }
  }

  take(entries) {
    for (const entry of entries) {
      const [old, fresh] = [this.lines.get(entry.seq), JSON.stringify(entry)];
      if (old?.text === fresh) continue;
      const node = row(entry);
      if (old) old.node.replaceWith(node);
      else this.list.prepend(node);
      this.lines.set(entry.seq, { node, text: fresh });
    }
    for (const [seq, { node }] of this.lines) {
      if (this.lines.size <= MOST) break;
      node.remove();
      this.lines.delete(seq);
    }
  }

  forget() {
    this.since = 0;
    this.lines.clear();
    this.list.replaceChildren();
  }
}
