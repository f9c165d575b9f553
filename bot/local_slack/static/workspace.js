// Starts the page and keeps it in step with the workspace: who acts, where they are, what they see.

import { dropZone } from "./composer.js";
import { debounced } from "./dom.js";
import { Directory } from "./directory.js";
import { door } from "./door.js";
import { icon } from "./icons.js";
import { drawPane } from "./entity.js";
import { Inspector } from "./inspector.js";
import { Modals } from "./modals.js";
import { openMenu, toast } from "./overlays.js";
import { ChannelPlace, HomePlace, ThreadPlace } from "./places.js";
import { Readings, drawSidebar } from "./sidebar.js";

const DEMO_PERSON = "U_ADA";

const at = (id) => document.getElementById(id);

/** One person's presence in the workspace. */
class Room {
  constructor() {
    this.names = new Directory();
    this.readings = new Readings();
    this.place = "";
    this.thread = null;
    this.editing = null;
    this.online = true;
    this.middle = null;
    this.side = null;
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
    this.drawBar();
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
      const state = await door.state(user);
      if (user === this.user) {
        this.names.state = seen(state);
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

  drawBar() {
    const { workspace } = this.names;
    at("team").textContent = workspace.team?.name || "Workspace";
    document.title = `${workspace.team?.name || "Workspace"} (local demo)`;
    const acting = workspace.acting_users || [];
    at("actor").replaceChildren(...acting.map((one) => new Option(
      [one.real_name, one.team_name || one.team].filter(Boolean).join(" · "),
      one.id,
      false,
      one.id === this.user
    )));
    at("actor").value = this.user;
    at("shortcuts-button").disabled = !(workspace.global_shortcuts || []).length;
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

  /** Goes where the address says; what it does not say is chosen. */
  async follow() {
    const [user, place, thread] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    const acting = (this.names.workspace.acting_users || []).map((one) => one.id);
    const wanted = acting.includes(user) ? user : this.user || acting[0];
    if (wanted && wanted !== this.user) await this.enter(wanted);
    const { channels } = this.names.state;
    const known = place === "home" || channels.some((one) => one.id === place);
    const moved = this.place;
    this.place = known ? place : (
      channels.find((one) => !one.is_im && one.app_member && !one.is_archived) || channels[0]
    )?.id || "home";
    if (moved !== this.place) this.awaitsPane = false;
    this.thread = known && thread && place !== "home" ? thread : null;
    if (!known || user !== this.user) history.replaceState(null, "", `#/${this.user}/${this.place}`);
    if (this.editing) this.editing = null;
    showDrawer(false);
    this.draw();
    if (moved !== this.place) this.tellApp();
    if (moved !== this.place && !this.thread && matchMedia("(hover: hover)").matches) this.middle?.composer?.box.focus({ preventScroll: true });
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

/** A message's text as it was typed, for the edit box. */
function plainText(text) {
  return String(text || "").replace(
    /<((?:https?|mailto|tel):[^|>]+)(?:\|[^>]*)?>/g,
    "$1"
  ).replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function showDrawer(open) {
  document.body.classList.toggle("drawer-open", open);
  at("drawer-button").setAttribute("aria-expanded", String(open));
}

function wireBar(room) {
  for (const [id, name] of [
    ["drawer-button", "menu"],
    ["shortcuts-button", "bolt"],
    ["inspector-button", "inspect"]
  ]) at(id).replaceChildren(icon(name));
  at("drawer-button").addEventListener("click", () => showDrawer(!document.body.classList.contains("drawer-open")));
  at("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && showDrawer(false));
  at("main").addEventListener("pointerdown", () => showDrawer(false));
  at("sidebar").addEventListener("click", (event) => event.target.closest("a") && showDrawer(false));
  at("actor").addEventListener("change", () => (location.hash = `#/${at("actor").value}/${room.place}`));
  at("inspector-button").addEventListener("click", () => room.inspector.toggle());
  at("shortcuts-button").addEventListener("click", (event) => openMenu(event.currentTarget, "Shortcuts", (
    room.names.workspace.global_shortcuts || []
  ).map((one) => ({
    label: one.name, hint: room.names.app.name, data: {
      callbackId: one.callback_id
    }, act: () => room.attempt({ type: "global_shortcut", callback_id: one.callback_id }),
  }))));
  at("thread").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (room.awaitsPane) room.closePane();
    else room.openThread(null);
  });
}

/** The workspace before anybody acts: as the person in the address sees it, else the demo's first. */
async function firstLook() {
  const [user] = location.hash.replace(/^#\/?/, "").split("/");
  try {
    return await door.workspace(user || DEMO_PERSON);
  } catch (problem) {
    if (!user) throw problem;
    return door.workspace(DEMO_PERSON);
  }
}

/** A permalink (`/archives/C_SALES/p1700000000000100`) becomes the page's own address and the message it means. */
function fromPermalink() {
  const found = /^\/archives\/([^/]+)\/p(\d{10})(\d+)$/.exec(location.pathname);
  if (!found) return null;
  const thread = new URLSearchParams(location.search).get("thread_ts");
  const ts = `${found[2]}.${found[3]}`;
  history.replaceState(null, "", `/#/${DEMO_PERSON}/${found[1]}${thread && thread !== ts ? `/${thread}` : ""}`);
  return ts;
}

function pointTo(ts) {
  const message = ts && document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (!message) return;
  message.scrollIntoView({ block: "center" });
  message.classList.add("pointed");
}

async function start() {
  const meant = fromPermalink();
  const room = new Room();
  wireBar(room);
  dropZone(at("main"), () => room.middle?.composer);
  dropZone(at("thread"), () => room.side?.composer);
  for (let pause = 500; ; pause = Math.min(pause * 2, 5000)) {
    try {
      room.names.workspace = await firstLook();
      break;
    } catch (problem) {
      toast(problem.message);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  // One move at a time: a person may be changed while the last change is still being read.
  let moves = Promise.resolve();
  const follow = () => (moves = moves.then(() => room.follow()).catch((problem) => toast(problem.message)));
  window.addEventListener("hashchange", follow);
  await follow();
  pointTo(meant);
  document.body.dataset.ready = "true";
  door.follow(() => {
    room.setOnline(true);
    room.changed();
  }, (online) => room.setOnline(online));
}

start();
