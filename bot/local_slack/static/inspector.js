// The drawer for developers: every call, envelope and mail with its milliseconds and payload, and faults to try.

import { door } from "./door.js";
import { h } from "./dom.js";
import { faultsPanel } from "./faults.js";

const MOST = 200;
const SLOW_MS = 1000;
const WAYS = { envelope: ["→", "to the app"], api: ["←", "from the app"], mail: ["✉", "mail"] };
const SHOWN = {
  all: ["Everything", () => true],
  envelope: ["To the app", (line) => line.kind === "envelope"],
  api: ["From the app", (line) => line.kind === "api"],
  mail: ["Mail", (line) => line.kind === "mail"],
  failed: ["Failures", (line) => Boolean(line.error)],
};

/** What an envelope is about: its event, command, button or dialog. */
function detailOf({ event, command, type, actions, callback_id: callback, view }) {
  return [event?.type, command, type, actions?.[0]?.action_id, callback || view?.callback_id].filter(
    (text) => typeof text === "string" && text && text !== "event_callback"
  ).join(" ");
}

/** What one line of the log says. */
function lineOf(entry) {
  const kind = WAYS[entry.kind] ? entry.kind : "api";
  const isLost = kind === "envelope" && entry.acked === false;
  const isRefused = entry.answer?.ok === false || entry.status >= 400;
  const error = isRefused ? entry.answer.error || entry.answer.code || entry.status || "failed" : isLost ? "no ack" : null;
  const detail = kind === "envelope" ? detailOf(entry.payload || {}) : entry.subject;
  return {
    kind, error: error && String(error), ms: entry.ms, at: entry.at,
    name: [entry.method || entry.type || entry.kind, detail].filter(Boolean).join(" · "),
    retry: entry.retry_attempt || 0
  };
}

/** An envelope that the app has not acknowledged yet; its line will still change. */
function isOpen(entry) {
  return entry.kind === "envelope" && entry.acked === undefined;
}

function time(at) {
  const when = new Date(at ?? NaN);
  return Number.isNaN(when.getTime()) ? "" : when.toLocaleTimeString("en-GB");
}

function took(ms) {
  if (!Number.isFinite(ms)) return h("small", { class: "ms" });
  return h("small", { class: ms > SLOW_MS ? "ms slow" : "ms" }, `${ms.toFixed(1)} ms`);
}

function row(entry, line) {
  const [sign, way] = WAYS[line.kind];
  const details = h("details", { class: line.error ? "failed" : "" }, h(
    "summary",
    {},
    h("span", { class: "way", title: way, role: "img", "aria-label": way }, sign),
    h("span", { class: "call", title: line.name }, line.name),
    line.retry ? h("span", { class: "tag" }, `retry ${line.retry}`) : null,
    line.error ? h("span", { class: "tag danger" }, line.error) : null,
    took(line.ms),
    h("small", {}, time(line.at))
  ));
  // The JSON is written when somebody looks, since most lines are never opened.
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(h("pre", { tabindex: "0", "aria-label": "Payload" }, JSON.stringify(entry, null, 2)));
  });
  return h("li", { data: { kind: line.kind } }, details);
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
      h("div", { class: "side-body" }, faultsPanel(), h("h3", {}, "Calls and envelopes"), this.filters(), this.state, this.list));
    node.addEventListener("keydown", (event) => event.key === "Escape" && !event.target.value && this.toggle(false));
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

  filters() {
    this.sought = h("input", {
      type: "search", class: "field", "aria-label": "Filter calls and envelopes", placeholder: "Filter by name or payload",
      on: { input: () => this.sift() }
    });
    this.shown = h(
      "select",
      { class: "field", "aria-label": "Show", on: { change: () => this.sift() } },
      Object.entries(SHOWN).map(([value, [label]]) => new Option(label, value))
    );
    return h("div", { class: "log-filter" }, this.sought, this.shown);
  }

  fits({ text, line }) {
    const sought = this.sought.value.trim().toLowerCase();
    return SHOWN[this.shown.value][1](line) && (!sought || line.name.toLowerCase().includes(sought) || text.toLowerCase().includes(sought));
  }

  sift() {
    for (const entry of this.lines.values()) entry.node.hidden = !this.fits(entry);
    this.tell();
  }

  tell() {
    const hidden = [...this.lines.values()].filter(({ node }) => node.hidden).length;
    const seen = hidden ? `, ${this.lines.size - hidden} of the last ${this.lines.size} shown` : "";
    this.state.textContent = this.last ? `${this.last} so far, the newest first${seen}.` : "Nothing has been called yet.";
  }

  async refresh() {
    // What happens while the log is read is read right after.
    this.again = this.reading;
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
      this.last = last;
      this.tell();
    } catch (problem) {
      this.state.textContent = problem.message;
    } finally {
      this.reading = false;
    }
    if (this.again) await this.refresh();
  }

  take(entries) {
    for (const entry of entries) {
      const [old, fresh] = [this.lines.get(entry.seq), JSON.stringify(entry)];
      if (old?.text === fresh) continue;
      const line = lineOf(entry);
      const node = row(entry, line);
      const kept = { node, text: fresh, line };
      node.hidden = !this.fits(kept);
      if (old) old.node.replaceWith(node);
      else this.list.prepend(node);
      this.lines.set(entry.seq, kept);
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
