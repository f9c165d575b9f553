// The list of places: the app's talk and home, channels, direct messages, with what is unread.

import { initials, tint } from "./directory.js";
import { h, keepingFocus } from "./dom.js";
import { icon } from "./icons.js";
import { isTopLevel } from "./conversation.js";

/** Remembers, for each person, up to where each channel has been read. */
export class Readings {
  constructor() {
    this.held = {};
  }

  load(user, channels) {
    this.key = `local-workspace-read:${user}`;
    try {
      this.held = JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      this.held = {};
    }
    // On the first visit what stands in channels counts as read; what the app wrote to this person does not.
    for (const channel of channels) if (!(channel.id in this.held) && !channel.is_im && !channel.is_mpim) this.held[channel.id] = latest(channel);
  }

  read(channel) {
    const ts = latest(channel);
    if (this.held[channel.id] === ts) return;
    this.held[channel.id] = ts;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.held));
    } catch {
      // Without storage the marks last as long as the page.
    }
  }

  unread(channel, user) {
    const since = Number(this.held[channel.id] || 0);
    return channel.messages.filter((one) => isTopLevel(one) && one.user !== user && Number(one.ts) > since).length;
  }
}

function latest(channel) {
  return channel.messages.reduce(
    (most, one) => (isTopLevel(one) && Number(one.ts) > Number(most) ? one.ts : most),
    "0"
  );
}

function place(room, id, mark, name, unread, note) {
  const current = room.place === id;
  return h("li", {}, h("a", {
    href: `#/${room.user}/${id}`, class: `${current ? "current" : ""} ${unread ? "unread" : ""}`, "aria-current": current ? "page" : null, data: { channel: id, focusKey: `place:${id}` },
  }, mark, h("span", { class: "place-name" }, name), note ? h("small", {}, note) : null, unread ? h(
    "span",
    { class: "badge", "aria-label": `${unread} unread` },
    String(unread)
  ) : null));
}

function group(title, rows) {
  return rows.length ? h("section", {}, h("h2", {}, title), h("ul", {}, rows)) : null;
}

/** Draws the whole list anew where anything in it has changed. */
export function drawSidebar(nav, room) {
  const { names, readings, user } = room;
  const { channels } = names.state;
  const unread = (channel) => (channel.id === room.place ? 0 : readings.unread(channel, user));
  const sign = (channel) => h(
    "span",
    { class: "sign", "aria-hidden": "true" },
    channel.is_archived ? icon("archive") : channel.is_private ? icon("lock") : "#"
  );
  const face = (channel) => h(
    "span",
    {
      class: `avatar tiny ${tint(names.partner(channel))} ${names.isAppTalk(channel) ? "app" : ""}`,
      "aria-hidden": "true"
    },
    initials(names.title(channel))
  );
  const note = (channel) => (channel.is_archived ? "archived" : channel.app_member === false ? "without the app" : "");
  const app = channels.filter((channel) => names.isAppTalk(channel));
  const appName = names.app.name || "App";
  const next = h("div", {}, [
    group("App", [
      ...app.map((channel) => place(room, channel.id, face(channel), appName, unread(channel))),
      place(room, "home", h("span", { class: "sign", "aria-hidden": "true" }, icon("home")), `${appName} home`, 0),
    ]),
    group(
      "Channels",
      channels.filter(
        (channel) => !names.isTalk(channel)
      ).map((channel) => place(room, channel.id, sign(channel), names.title(channel), unread(channel), note(channel)))
    ),
    group(
      "Direct messages",
      channels.filter(
        (channel) => names.isTalk(channel) && !names.isAppTalk(channel)
      ).map((channel) => place(room, channel.id, face(channel), names.title(channel), unread(channel)))
    ),
    h(
      "p",
      { class: room.online ? "connection" : "connection lost", role: "status" },
      room.online ? "" : "Connection lost, trying again…"
    ),
  ]);
  // A list that has not changed stays, so that a redraw never falls between a press and its release.
  if (next.innerHTML !== nav.innerHTML) keepingFocus(nav, () => nav.replaceChildren(...next.childNodes));
}
