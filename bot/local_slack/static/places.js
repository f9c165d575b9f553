// What stands in the middle and beside it: a channel, a thread, the app's home.

import { drawBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { Conversation, isTopLevel, threadOf } from "./conversation.js";
import { h, keepingFocus } from "./dom.js";
import { viewContext } from "./modals.js";

function closed(channel) {
  if (channel.is_archived) return h(
    "div",
    { class: "composer closed" },
    "This channel is archived. Nothing can be written here any more."
  );
  return null;
}

/** "Rapport is looking…" under the messages, for as long as the app says so. */
function showStatus(node, status, room) {
  const text = status ? `${room.names.app.name} ${status}` : "";
  if (node.textContent !== text) node.textContent = text;
}

/** A channel in the middle of the page. */
export class ChannelPlace {
  constructor(room, main, channel) {
    Object.assign(this, { room, main, id: channel.id, archived: channel.is_archived });
    const { names } = room;
    const title = `${names.isTalk(channel) ? "" : "#"}${names.title(channel)}`;
    this.conversation = new Conversation(room, `Messages in ${title}`, false);
    this.composer = channel.is_archived ? null : new Composer(room, channel, null, `Message ${title}`);
    this.about = h("small", { class: "topic" });
    this.prompts = h("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts" });
    this.status = h("div", { class: "app-status", role: "status" });
    main.replaceChildren(
      h("div", { class: "place-head" }, h("h1", {}, title), this.about),
      this.conversation.node,
      this.prompts,
      this.status,
      this.composer?.node || closed(channel)
    );
    main.dataset.channel = channel.id;
  }

  draw(channel) {
    const { names } = this.room;
    const people = (channel.members || []).length;
    const about = [
      channel.topic,
      channel.is_im ? "" : people ? `${people} members` : "",
      !channel.is_im && channel.app_member === false && !channel.is_archived ? `${names.app.name} is not in this channel` : ""
    ].filter(Boolean).join(" · ");
    if (this.about.textContent !== about) this.about.textContent = about;
    const messages = channel.messages.filter(isTopLevel);
    this.conversation.draw(
      channel,
      messages,
      channel.is_im ? `This is the beginning of your talk with ${names.title(channel)}.` : `This is the beginning of #${names.title(channel)}.`
    );
    this.said(channel);
    this.room.readings.read(channel);
  }

  said(channel) {
    const kept = Object.entries(channel.assistant || {}).sort(
      ([one], [other]) => Number(other) - Number(one)
    ).map(([, thread]) => thread);
    showStatus(this.status, channel.is_im ? kept.find((thread) => thread.status)?.status : "", this.room);
    const prompts = channel.is_im ? kept.find((thread) => thread.prompts)?.prompts.prompts || [] : [];
    const signature = JSON.stringify(prompts);
    if (signature === this.promptSignature) return;
    this.promptSignature = signature;
    this.prompts.replaceChildren(...prompts.map((one) => h(
      "button",
      {
        type: "button",
        class: "button",
        on: { click: () => this.room.attempt({ type: "message", channel: channel.id, text: one.message }) }
      },
      one.title
    )));
  }
}

/** A thread beside the channel. */
export class ThreadPlace {
  constructor(room, side, channel, ts) {
    Object.assign(this, { room, side, ts, id: channel.id });
    const label = "Reply in thread";
    this.conversation = new Conversation(room, "Thread", true);
    this.composer = channel.is_archived ? null : new Composer(room, channel, ts, label);
    this.status = h("div", { class: "app-status", role: "status" });
    side.replaceChildren(
      h(
        "div",
        { class: "side-head" },
        h("h2", {}, "Thread"),
        h("small", {}, `${room.names.isTalk(channel) ? "" : "#"}${room.names.title(channel)}`),
        h(
          "button",
          { type: "button", class: "quiet", "aria-label": "Close thread", on: { click: () => room.openThread(null) } },
          "×"
        )
      ),
      this.conversation.node, this.status, this.composer?.node || closed(channel));
    side.dataset.threadTs = ts;
    side.setAttribute("aria-label", "Thread");
  }

  draw(channel) {
    this.conversation.draw(channel, threadOf(channel, this.ts), "This thread's first message is gone.");
    showStatus(this.status, channel.assistant?.[this.ts]?.status, this.room);
  }
}

/** The app's home. */
export class HomePlace {
  constructor(room, main) {
    Object.assign(this, { room, main, id: "home" });
    this.body = h(
      "div",
      { class: "home-body", tabindex: "0", role: "region", "aria-label": `${room.names.app.name} home` }
    );
    main.replaceChildren(
      h(
        "div",
        { class: "place-head" },
        h("h1", {}, `${room.names.app.name || "App"} home`),
        h("small", { class: "topic" }, "What the app shows to you alone")
      ),
      this.body
    );
    main.dataset.channel = "home";
    this.composer = null;
  }

  draw(view) {
    const signature = JSON.stringify([view, this.room.user]);
    if (signature === this.signature) return;
    this.signature = signature;
    const { scrollTop } = this.body;
    if (view?.id) this.body.dataset.viewId = view.id;
    keepingFocus(this.body, () => {
      this.body.replaceChildren(...(view?.blocks?.length ? drawBlocks(
        view.blocks,
        viewContext(view, this.room, view.errors || {})
      ) : [h("p", { class: "nothing" }, "The app has not put anything here yet.")]));
    });
    this.body.scrollTop = scrollTop;
  }
}
