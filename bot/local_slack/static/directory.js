// Names of people and channels, as one person sees them.

/** Looks names up in the workspace and the state that were read last. */
export class Directory {
  constructor() {
    this.workspace = {
      users: [],
      app: {},
      commands: [],
      message_shortcuts: [],
      global_shortcuts: [],
      acting_users: [],
      team: {}
    };
    this.state = { channels: [], views: [], home: null };
    this.user = "";
  }

  /** The app, under the name people see. */
  get app() {
    const app = this.workspace.app || {};
    return { ...app, name: this.known(app.user_id)?.real_name || app.name };
  }

  known(id) {
    return (this.workspace.users || []).find((one) => one.id === id) || (
      this.workspace.acting_users || []
    ).find((one) => one.id === id);
  }

  person(id) {
    const known = this.known(id);
    if (known) return known.real_name || known.name;
    if (id === "USLACKBOT") return "Slackbot";
    return id && id === this.app.user_id ? this.app.name : String(id ?? "somebody");
  }

  channel(id) {
    const known = this.state.channels.find((one) => one.id === id);
    return known ? this.title(known) : String(id ?? "channel");
  }

  /** Who else is in a direct message. */
  partner(channel) {
    return (channel.members || []).find((id) => id !== this.user) || channel.user || null;
  }

  /** Whether it is a talk between people, not a channel. */
  isTalk(channel) {
    return Boolean(channel.is_im || channel.is_mpim);
  }

  isAppTalk(channel) {
    return channel.is_im && this.partner(channel) === this.app.user_id;
  }

  /** A channel's name as it is shown, without the sign before it. */
  title(channel) {
    if (channel.is_mpim) return (channel.members || []).filter((id) => id !== this.user).map((id) => this.person(id)).join(", ");
    if (!channel.is_im) return channel.name || channel.id;
    const partner = this.partner(channel);
    return partner ? this.person(partner) : channel.name || channel.id;
  }

  everybody() {
    return (this.workspace.users || []).map((one) => ({ text: one.real_name || one.name, value: one.id }));
  }

  channels() {
    return this.state.channels.filter(
      (one) => !one.is_im && !one.is_archived
    ).map((one) => ({ text: `#${this.title(one)}`, value: one.id }));
  }

  conversations() {
    const talks = this.state.channels.filter((one) => one.is_im).map(
      (one) => ({ text: this.title(one), value: one.id })
    );
    return [...this.channels(), ...talks];
  }
}

/** The letters on somebody's avatar. */
export function initials(name) {
  const parts = String(name || "?").trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [parts[0]];
  return letters.map((part) => [...part][0] || "").join("").toUpperCase();
}

/** One of eight tints, always the same for the same id. */
export function tint(id) {
  let sum = 0;
  for (const letter of String(id)) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return `tint-${sum % 8}`;
}
