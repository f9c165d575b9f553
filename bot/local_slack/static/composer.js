// The message box: writes messages, mentions and commands, completes names, and takes files.

import { Completion } from "./completion.js";
import { base64Of, freshId, h } from "./dom.js";
import { icon } from "./icons.js";

const OWN_COMMANDS = { "/invite": "invite", "/remove": "remove" };
const LARGEST = 20 * 1024 * 1024;

/** What was being written in each place, so that leaving and coming back loses nothing. */
const drafts = new Map();

function escaped(name) {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The text with names of people after an at sign turned into Slack's mentions. */
function withMentions(text, names) {
  const people = (names.workspace.users || []).map((one) => ({ id: one.id, called: [names.person(one.id), one.name] }));
  if (names.app.user_id) people.unshift({ id: names.app.user_id, called: [names.app.name] });
  const known = people.flatMap(
    (one) => one.called.filter(Boolean).map((called) => [called, one.id])
  ).sort(([one], [other]) => other.length - one.length);
  return known.reduce(
    (whole, [called, id]) => whole.replace(
      new RegExp(`(?<![\\p{L}\\p{N}@<])@${escaped(called)}(?![\\p{L}\\p{N}])`, "giu"),
      `<@${id}>`
    ),
    text
  );
}

/** What Slack itself does with a command: the app is invited, or taken out. */
function ownGesture(name, rest, names) {
  const app = names.app.name || "app";
  const isApp = withMentions(rest.trim(), names) === `<@${names.app.user_id}>`;
  return isApp ? { gesture: { type: OWN_COMMANDS[name] } } : { complaint: `Here only the app can be named: ${name} @${app}` };
}

/** The gesture a text makes, or the sentence Slack would answer. */
function gestureOf(text, names, thread) {
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
  if (command) {
    const [, name, rest] = command;
    if (thread) return {
      complaint: `${name} is not supported in threads. Sorry! Mention @${names.app.name || "the app"} here, or write the command in the channel.`
    };
    if (OWN_COMMANDS[name]) return ownGesture(name, rest, names);
    if (!(names.workspace.commands || []).some((one) => one.command === name)) {
      return { complaint: `${name} is not a valid command. Put a space before the slash to send it as a message.` };
    }
    return { gesture: { type: "slash_command", command: name, text: rest.trim() } };
  }
  const full = withMentions(text, names);
  const type = names.app.user_id && full.includes(`<@${names.app.user_id}>`) ? "mention" : "message";
  return { gesture: { type, text: full } };
}

export class Composer {
  /** `room` acts; `thread` is the ts of the thread this box writes in, or null. */
  constructor(room, channel, thread, label) {
    Object.assign(this, { room, channel, thread });
    this.files = [];
    this.waiting = 0;
    this.place = `${room.user}:${channel.id}:${thread || ""}`;
    this.build(label);
    this.box.value = drafts.get(this.place) || "";
    this.grow();
  }

  build(label) {
    const noticeId = freshId("notice");
    this.box = h("textarea", {
      id: this.thread ? "thread-composer" : "composer", role: "textbox", "aria-multiline": "true", "aria-label": label, placeholder: label, rows: 1, "aria-describedby": noticeId, data: { composer: this.thread || "channel" },
      on: {
        input: () => this.typed(),
        keydown: (event) => this.key(event),
        click: () => this.completion.refresh(),
        blur: () => this.completion.close(),
        paste: (event) => this.pasted(event)
      },
    });
    this.completion = new Completion(this.box, () => this.room.names, () => this.typed());
    this.chooser = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to attach", on: { change: () => {
      this.add(this.chooser.files);
      this.chooser.value = "";
    } } });
    this.listed = h("ul", { class: "pending-files" });
    this.usage = h("div", { class: "usage", "aria-live": "polite" });
    this.notice = h("div", { class: "notice", id: noticeId, role: "status" });
    this.sendButton = h(
      "button",
      { type: "button", class: "send", "aria-label": "Send", title: "Send", on: { click: () => this.send() } },
      icon("send")
    );
    this.node = h("div", { class: "composer" }, this.notice, this.completion.node, this.usage,
      h("div", { class: "composer-frame" }, this.listed, this.box, h("div", { class: "composer-foot" },
        h(
          "button",
          {
            type: "button",
            "aria-label": "Attach files",
            title: "Attach files",
            on: { click: () => this.chooser.click() }
          },
          icon("attach")
        ), this.chooser,
        h(
          "button",
          { type: "button", "aria-label": "Insert command", title: "Commands", on: { click: () => this.begin("/") } },
          "/"
        ),
        h(
          "button",
          { type: "button", "aria-label": "Mention somebody", title: "Mention", on: { click: () => this.begin("@") } },
          "@"
        ),
        h("span", { class: "stretch" }), h(
          "small",
          { class: "keys", "aria-hidden": "true" },
          "Enter sends · Shift+Enter new line"
        ), this.sendButton)));
  }

  begin(sign) {
    this.box.focus();
    if (sign === "/" && this.box.value) return;
    const gap = sign === "@" && /\S$/.test(this.box.value.slice(0, this.box.selectionStart)) ? " " : "";
    this.box.setRangeText(gap + sign, this.box.selectionStart, this.box.selectionEnd, "end");
    this.typed();
  }

  typed() {
    drafts.set(this.place, this.box.value);
    this.notice.textContent = "";
    this.grow();
    this.completion.refresh();
    const command = /^(\/\S+)\s/.exec(this.box.value);
    const known = command && (this.room.names.workspace.commands || []).find((one) => one.command === command[1]);
    this.usage.replaceChildren(...(known?.usage ? [h(
      "code",
      {},
      `${known.command} ${known.usage.replace(known.command, "").trim()}`
    )] : []));
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight || 24, 180)}px`;
  }

  key(event) {
    if (this.completion.key(event)) return;
    if (event.key === "ArrowUp" && !this.box.value && this.room.editLast(this.channel, this.thread)) event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  pasted(event) {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    this.add(event.clipboardData.files);
  }

  /** Adds files, from the button, a drop or the clipboard. */
  add(files) {
    for (const file of files) {
      if (file.size > LARGEST) this.complain(`${file.name} is larger than 20 MB.`);
      else this.files.push(file);
    }
    this.showFiles();
    this.box.focus();
  }

  showFiles() {
    this.listed.replaceChildren(...this.files.map((file) => h("li", { class: "chip" }, file.name, h("button", { type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => {
      this.files = this.files.filter((one) => one !== file);
      this.showFiles();
    } } }, "×"))));
  }

  complain(text) {
    this.notice.textContent = text;
  }

  async send() {
    const text = this.box.value.trim();
    if (!text && !this.files.length) return;
    const { gesture, complaint } = text ? gestureOf(text, this.room.names, this.thread) : {
      gesture: { type: "message", text: "" }
    };
    if (complaint) {
      this.complain(complaint);
      return;
    }
    const [held, files] = [this.box.value, this.files];
    // The box is free at once: the next message need not wait for the app to answer this one.
    this.clear();
    this.waiting += 1;
    this.node.classList.add("busy");
    try {
      const body = { ...gesture, channel: this.channel.id };
      if (this.thread) body.thread_ts = this.thread;
      if (files.length) body.files = await Promise.all(files.map(async (file) => ({
        name: file.name,
        content_base64: await base64Of(file)
      })));
      await this.room.gesture(body);
    } catch (problem) {
      this.giveBack(held, files, problem.message);
    } finally {
      this.waiting -= 1;
      this.node.classList.toggle("busy", this.waiting > 0);
    }
  }

  giveBack(text, files, problem) {
    const isFree = !this.box.value && !this.files.length;
    if (isFree) {
      this.box.value = text;
      this.files = files;
      this.showFiles();
      this.typed();
    }
    this.complain(isFree ? problem : `${problem} Not sent: ${text}`);
  }

  clear() {
    this.box.value = "";
    this.files = [];
    this.showFiles();
    this.typed();
  }
}

/** Lets files be dropped anywhere on `zone`. */
export function dropZone(zone, composer) {
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!hasFiles(event) || !composer()) return;
    event.preventDefault();
    zone.classList.add("dropping");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
  });
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("dropping");
    if (!hasFiles(event) || !composer()) return;
    event.preventDefault();
    composer().add(event.dataTransfer.files);
  });
}
