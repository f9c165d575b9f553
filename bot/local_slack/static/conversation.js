// Keeps a list of messages on the page in step with the state, touching only what has changed.

import { keepingFocus, h } from "./dom.js";
import { drawMessage } from "./message.js";

const NEAR = 80;
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

const ordered = (messages) => [...messages].sort((one, other) => Number(one.ts) - Number(other.ts));

export class Conversation {
  constructor(room, label, inThread) {
    Object.assign(this, { room, inThread });
    this.drawn = new Map();
    this.rows = h("div", { class: "rows" });
    this.empty = h("p", { class: "nothing" });
    this.node = h("div", { class: "log", role: "log", "aria-label": label, tabindex: "0" }, this.empty, this.rows);
    this.atEnd = true;
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
    let before = null;
    for (const message of ordered(messages)) {
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
      const counted = this.counted(message, channel);
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

  counted(message, channel) {
    if (this.inThread) return message;
    const replies = channel.messages.filter(
      (one) => one.thread_ts === message.ts && one.ts !== message.ts && !one.ephemeral
    );
    const count = Math.max(message.reply_count || 0, replies.length);
    return count ? {
      ...message,
      reply_count: count,
      latest_reply: replies.length ? replies[replies.length - 1].ts : message.latest_reply
    } : message;
  }

  draw(channel, messages, otherwise) {
    keepingFocus(this.rows, () => this.reconcile(this.plan(channel, messages)));
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

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }
}

