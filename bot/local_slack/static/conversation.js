// Keeps a list of messages on the page in step with the state, touching only what has changed.

import { keepingFocus, h } from "./dom.js";
import { drawMessage } from "./message.js";

const NEAR = 80;
const AT_ONCE = 150;
const STEP = 50;
const GROUPED_FOR = 300;

function dayOf(ts) {
  return new Date(Number(ts) * 1000).toDateString();
}

function dayName(ts) {
  const day = new Date(Number(ts) * 1000);
  const distance = Math.round((new Date(new Date().toDateString()) - new Date(day.toDateString())) / 86400000);
  if (distance === 0) return "Today";
  return distance === 1 ? "Yesterday" : day.toLocaleDateString(
    "en-GB",
    { weekday: "long", day: "numeric", month: "long", year: "numeric" }
  );
}

/** Whether a message belongs in the channel itself, not only in a thread. */
export function isTopLevel(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast" || Boolean(message.reply_broadcast);
}

/** The parent and the replies of a thread. */
export function threadOf(channel, ts) {
  return channel.messages.filter((one) => one.ts === ts || one.thread_ts === ts);
}

/** The replies that all may read, by the message that their thread began with. */
function repliesOf(channel) {
  const threads = new Map();
  for (const one of channel.messages) {
    if (!one.thread_ts || one.thread_ts === one.ts || one.ephemeral) continue;
    if (!threads.has(one.thread_ts)) threads.set(one.thread_ts, []);
    threads.get(one.thread_ts).push(one);
  }
  return threads;
}

const ordered = (messages) => [...messages].sort((one, other) => Number(one.ts) - Number(other.ts));

export class Conversation {
  constructor(room, label, inThread) {
    Object.assign(this, { room, inThread });
    this.drawn = new Map();
    this.most = AT_ONCE;
    this.earlier = h("button", { type: "button", class: "button earlier", hidden: true, on: { click: () => this.reachBack() } });
    this.rows = h("div", { class: "rows" });
    this.empty = h("p", { class: "nothing" });
    this.node = h("div", { class: "log", role: "log", "aria-label": label, tabindex: "0" }, this.earlier, this.empty, this.rows);
    this.atEnd = true;
    this.node.addEventListener("keydown", (event) => this.walk(event));
    this.node.addEventListener(
      "scroll",
      () => (this.atEnd = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR),
      { passive: true }
    );
    // Pictures that load and a growing message box move the end; who stands at the end stays there.
    const keeper = new ResizeObserver(() => this.atEnd && this.toEnd());
    keeper.observe(this.node);
    keeper.observe(this.rows);
  }

  /** Rows in order: day lines and messages, each with a signature of all it shows. */
  plan(channel, messages) {
    const rows = [];
    const threads = this.inThread ? new Map() : repliesOf(channel);
    let before = null;
    for (const message of messages) {
      if (!before || dayOf(before.ts) !== dayOf(message.ts)) {
        rows.push({
          key: `day:${dayOf(message.ts)}`,
          signature: dayName(message.ts),
          draw: () => h("div", { class: "day", role: "separator" }, h("span", {}, dayName(message.ts)))
        });
        before = null;
      }
      const isFirstReply = this.inThread && before?.ts === message.thread_ts;
      const compact = Boolean(before) && !isFirstReply && before.user === message.user && before.bot_id === message.bot_id && before.username === message.username
        && !before.ephemeral && Number(message.ts) - Number(before.ts) < GROUPED_FOR;
      const counted = this.counted(message, threads);
      const editing = this.room.editing?.ts === message.ts && this.room.editing.channel === channel.id;
      rows.push({
        key: `${message.ts}:${message.ephemeral ? "e" : "m"}`, signature: JSON.stringify([
          counted,
          compact,
          editing,
          this.room.user
        ]),
        draw: () => this.safely(counted, channel, compact),
      });
      before = message;
    }
    return rows;
  }

  /** A message that cannot be drawn shows its text, and the others are drawn all the same. */
  safely(message, channel, compact) {
    try {
      return drawMessage(message, channel, this.room, { compact, inThread: this.inThread });
    } catch (problem) {
      console.warn("A message could not be drawn", message, problem);
      return h(
        "article",
        { class: "message", data: { ts: message.ts } },
        h("div", { class: "unknown-block" }, String(message.text || "This message could not be drawn."))
      );
    }
  }

  counted(message, threads) {
    if (this.inThread) return message;
    const replies = threads.get(message.ts) || [];
    const count = Math.max(message.reply_count || 0, replies.length);
    return count ? {
      ...message,
      reply_count: count,
      latest_reply: replies.length ? replies[replies.length - 1].ts : message.latest_reply
    } : message;
  }

  draw(channel, messages, otherwise) {
    this.drawAgain = () => this.draw(channel, messages, otherwise);
    // Rows leave at the top some at a time, since each time all that follows is laid out anew.
    const hidden = Math.max(0, Math.ceil((messages.length - this.most) / STEP) * STEP);
    this.earlier.hidden = !hidden;
    this.earlier.textContent = `Show earlier messages (${hidden})`;
    keepingFocus(this.rows, () => this.reconcile(this.plan(channel, ordered(messages).slice(hidden))));
    this.empty.textContent = messages.length ? "" : otherwise;
    this.empty.hidden = messages.length > 0;
    if (this.atEnd) this.toEnd();
  }

  reconcile(rows) {
    const kept = new Map();
    let cursor = this.rows.firstChild;
    for (const row of rows) {
      const old = this.drawn.get(row.key);
      const entry = old && old.signature === row.signature ? old : { signature: row.signature, node: row.draw() };
      if (old && entry !== old) {
        if (cursor === old.node) cursor = old.node.nextSibling;
        old.node.remove();
      }
      if (entry.node === cursor) cursor = cursor.nextSibling;
      else this.rows.insertBefore(entry.node, cursor);
      kept.set(row.key, entry);
    }
    for (const [key, entry] of this.drawn) if (!kept.has(key)) entry.node.remove();
    this.drawn = kept;
  }

  /** Draws a further part of what lies before the first message, at least as far as `ts`; the list stays where it stands. */
  reachBack(ts = null) {
    const height = this.node.scrollHeight - this.node.scrollTop;
    const drawn = () => ts === null || this.drawn.has(`${ts}:m`);
    do {
      this.most += AT_ONCE;
      this.drawAgain();
    } while (!drawn() && !this.earlier.hidden);
    this.return(height);
  }

  /** How far from its end the list stands, null at the end. */
  height() {
    return this.atEnd ? null : this.node.scrollHeight - this.node.scrollTop;
  }

  /** Goes back to such a height. */
  return(height) {
    if (height === null || height === undefined) return;
    this.atEnd = false;
    this.node.scrollTop = this.node.scrollHeight - height;
  }

  /** Arrows go from message to message; Enter on one opens its thread. */
  walk(event) {
    const rows = [...this.rows.querySelectorAll("article.message")];
    const at = rows.indexOf(event.target);
    if (event.target !== this.node && at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && (at < 0 ? rows[rows.length - 1] : rows[at + step]);
    if (next) next.focus();
    else if (event.key === "Enter" && at >= 0 && !this.inThread && !rows[at].dataset.ephemeral) this.room.openThread(rows[at].dataset.thread);
    else if (event.key === "Escape" && at >= 0 && !this.inThread) this.room.middle?.composer?.box.focus();
    else return;
    event.preventDefault();
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }
}

