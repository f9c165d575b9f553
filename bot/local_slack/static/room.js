// One person's presence in the workspace: who acts, where they are, what they see, and what they do.

import { drawBar, showDrawer } from "./bar.js";
import { debounced } from "./dom.js";
import { Directory } from "./directory.js";
import { door } from "./door.js";
import { drawPane } from "./entity_pane.js";
import { Inspector } from "./inspector.js";
import { Modals } from "./modals.js";
import { toast } from "./overlays.js";
import { ChannelPlace, HomePlace, ThreadPlace } from "./places.js";
import { Readings, drawSidebar } from "./sidebar.js";

const at = (id) => document.getElementById(id);

/** One person's presence in the workspace. */
export class Room {
  constructor() {
    this.names = new Directory();
    this.readings = new Readings();
    this.place = "";
    this.thread = null;
    this.editing = null;
    this.online = true;
    this.middle = null;
    this.side = null;
    this.left = new Map();
    this.modals = new Modals(this, at("views"), at("page"));
    this.inspector = new Inspector(at("inspector"), at("inspector-button"));
    this.changed = debounced(() => this.refresh(), 40);
  }

  get user() {
    return this.names.user;
  }

  channel(id = this.place) {
    return this.names.state.channels.find((one) => one.id === id);
  }

  homeId() {
    return this.names.state.home?.id;
  }

  /** A gesture of this person; a refusal is thrown as a sentence. */
  async gesture(body) {
    try {
      return await door.gesture({ user: this.user, ...body });
    } finally {
      this.changed();
    }
  }

  /** A gesture whose refusal is shown as a notice; true where it was accepted. */
  async attempt(body) {
    try {
      await this.gesture(body);
      return true;
    } catch (problem) {
      toast(problem.message);
      return false;
    }
  }

  async enter(user) {
    this.names.user = user;
    this.names.workspace = await door.workspace(user);
    this.place = "";
    this.middle = null;
    this.side = null;
    this.editing = null;
    const state = await door.state(user);
    this.names.state = seen(state);
    this.readings.load(user, this.names.state.channels);
    drawBar(this);
  }

  /** Reads the state again; a call that comes while one runs is answered by one more at its end. */
  async refresh() {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    const { user } = this;
    try {
      const before = this.names.state;
      const state = await door.state(user, before.user === user ? before.mark : "");
      const next = state.after ? joined(before, state) || seen(await door.state(user)) : seen(state);
      if (user === this.user) {
        this.names.state = next;
        this.draw();
      }
    } catch (problem) {
      this.setOnline(false);
      console.warn("The state could not be read", problem);
    } finally {
      this.reading = false;
    }
    if (this.again) {
      this.again = false;
      this.changed();
    }
    this.inspector.refresh();
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    drawSidebar(at("sidebar"), this);
  }

  draw() {
    this.drawMiddle();
    this.drawSide();
    drawSidebar(at("sidebar"), this);
    this.modals.draw(this.names.state.views || []);
  }

  drawMiddle() {
    const main = at("main");
    if (this.place === "home") {
      if (!(this.middle instanceof HomePlace)) this.middle = new HomePlace(this, main);
      this.middle.draw(this.names.state.home);
      return;
    }
    const channel = this.channel();
    if (!channel) return;
    if (this.middle?.id !== channel.id || this.middle.archived !== channel.is_archived) this.middle = new ChannelPlace(this, main, channel);
    this.middle.draw(channel);
  }

  /** The details of a linked object take the side until they are closed or a thread is opened. */
  drawSide() {
    const { pane } = this.names.state;
    const signature = JSON.stringify(pane);
    if (pane && signature !== this.closedPane && this.awaitsPane) {
      at("thread").hidden = false;
      if (signature !== this.shownPane) drawPane(at("thread"), pane, this);
      this.shownPane = signature;
      this.side = null;
      return;
    }
    this.shownPane = "";
    this.drawThread();
  }

  async openPane(what) {
    this.closedPane = JSON.stringify(this.names.state.pane);
    this.awaitsPane = true;
    await this.gesture({ type: "open_entity", ...what });
    this.closedPane = "";
  }

  closePane() {
    this.awaitsPane = false;
    this.draw();
  }

  drawThread() {
    const channel = this.channel();
    const shown = Boolean(this.thread && channel);
    at("thread").hidden = !shown;
    document.body.classList.toggle("threading", shown);
    if (!shown) {
      this.side = null;
      return;
    }
    const isNew = this.side?.id !== channel.id || this.side.ts !== this.thread;
    if (isNew) this.side = new ThreadPlace(this, at("thread"), channel, this.thread);
    this.side.draw(channel);
    if (isNew) this.side.composer?.box.focus();
  }

  openThread(ts) {
    const before = this.thread;
    this.awaitsPane = false;
    location.hash = ts ? `#/${this.user}/${this.place}/${ts}` : `#/${this.user}/${this.place}`;
    if (!ts && before) this.middle?.composer?.box.focus();
  }

  edit(channel, message) {
    this.editing = channel && message ? { channel: channel.id, ts: message.ts, text: plainText(message.text) } : null;
    this.draw();
    if (this.editing) document.querySelector(`[data-focus-key="edit:${message.ts}"]`)?.focus();
    else (this.side?.composer || this.middle?.composer)?.box.focus();
  }

  /** Opens the person's own last message for a change; false where there is none. */
  editLast(channel, thread) {
    const current = this.channel(channel.id);
    const own = (current?.messages || []).filter(
      (one) => one.user === this.user && !one.ephemeral && (
        thread ? one.thread_ts === thread : !one.thread_ts || one.thread_ts === one.ts
      )
    );
    if (!own.length) return false;
    this.edit(current, own[own.length - 1]);
    return true;
  }

  /** Slack tells the app when somebody opens its home or its talk. */
  tellApp() {
    const channel = this.channel();
    if (this.place === "home") this.attempt({ type: "open_home" });
    else if (channel && this.names.isAppTalk(channel)) this.attempt({ type: "open_home", tab: "messages" });
  }

  /** Goes to a place. */
  go(place, thread = null) {
    location.hash = `#/${this.user}/${place}${thread ? `/${thread}` : ""}`;
  }

  /** Lets somebody else act, at the same place where he can see it, else where he was last. */
  actAs(user) {
    location.hash = `#/${user}/${this.place}${this.thread ? `/${this.thread}` : ""}`;
  }

  /** The place that an address means for the person who acts now: itself, his own talk with the app, or his last. */
  placeFor(place, thread, wasAppTalk) {
    const { channels } = this.names.state;
    const isKnown = (one) => one === "home" || channels.some((channel) => channel.id === one);
    if (isKnown(place)) return { place, thread: place === "home" ? null : thread };
    const talk = this.names.workspace.app?.dm;
    if (wasAppTalk && isKnown(talk)) return { place: talk, thread: null };
    const last = this.left.get(this.user);
    if (last && isKnown(last.place)) return last;
    const usual = channels.find((one) => !one.is_im && one.app_member && !one.is_archived) || channels[0];
    return { place: usual?.id || "home", thread: null };
  }

  /** Goes where the address says; what it does not say is chosen. */
  async follow() {
    const asked = location.hash;
    const [user, place, thread] = asked.replace(/^#\/?/, "").split("/").map(decoded);
    const acting = (this.names.workspace.acting_users || []).map((one) => one.id);
    const wanted = acting.includes(user) ? user : this.user || acting[0];
    const [moved, wasAppTalk] = [this.place, Boolean(place) && place === this.names.workspace.app?.dm];
    const height = this.middle?.conversation?.height();
    if (this.user && this.place) this.left.set(this.user, { place: this.place, thread: this.thread });
    if (wanted && wanted !== this.user) await this.enter(wanted);
    const target = this.placeFor(place, thread || null, wasAppTalk);
    Object.assign(this, target);
    if (moved !== this.place) this.awaitsPane = false;
    const address = `#/${this.user}/${this.place}${this.thread ? `/${this.thread}` : ""}`;
    // Whoever went on meanwhile is followed next, and so keeps the address.
    if (location.hash === asked && asked !== address) history.replaceState(null, "", address);
    if (this.editing) this.editing = null;
    showDrawer(false);
    this.draw();
    if (moved === this.place) this.middle?.conversation?.return(height);
    else this.arrive();
  }

  arrive() {
    this.tellApp();
    if (!this.thread && matchMedia("(hover: hover)").matches) this.middle?.composer?.box.focus({ preventScroll: true });
  }
}

/** A part of the address; one that is not well encoded means nothing. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The state with every list in its place. */
function seen(state) {
  return {
    home: null,
    pane: null,
    ...state,
    views: state.views || [],
    channels: (state.channels || []).map((one) => ({ ...one, messages: one.messages || [] }))
  };
}

/** A state with what changed after it: new messages in their places, none that is gone; null where a channel is new. */
function joined(before, state) {
  const known = new Map(before.channels.map((one) => [one.id, one.messages]));
  const next = seen(state);
  if (next.channels.some((channel) => !known.has(channel.id))) return null;
  for (const channel of next.channels) {
    const messages = new Map(known.get(channel.id).map((one) => [one.ts, one]));
    for (const ts of channel.gone) messages.delete(ts);
    const isLater = channel.messages.some((one) => !messages.has(one.ts));
    for (const one of channel.messages) messages.set(one.ts, one);
    channel.messages = [...messages.values()];
    if (isLater) channel.messages.sort((one, other) => Number(one.ts) - Number(other.ts));
  }
  return next;
}

/** A message's text as it was typed, for the edit box. */
function plainText(text) {
  return String(text || "").replace(
    /<((?:https?|mailto|tel):[^|>]+)(?:\|[^>]*)?>/g,
    "$1"
  ).replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
