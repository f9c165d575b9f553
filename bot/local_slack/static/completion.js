// Offers commands after a slash and people after an at sign while a message is being written.

import { freshId, h } from "./dom.js";

const MOST = 8;

function commandsFor(typed, names) {
  const app = `@${names.app.name || "app"}`;
  const own = [
    { command: "/invite", usage: app, description: "Add the app to this channel" },
    { command: "/remove", usage: app, description: "Take the app out of this channel" }
  ];
  return [...(names.workspace.commands || []), ...own].filter((one) => one.command.startsWith(typed.toLowerCase())).map((one) => ({
    label: one.command, hint: one.description, usage: one.usage, insert: `${one.command} `, from: 0,
  }));
}

function peopleFor(typed, names, from) {
  const everybody = (names.workspace.users || []).map((one) => ({ id: one.id, name: names.person(one.id) }));
  const app = names.app.user_id && !everybody.some(
    (one) => one.id === names.app.user_id
  ) ? [{ id: names.app.user_id, name: names.app.name }] : [];
  const sought = typed.toLowerCase();
  return [...app, ...everybody].filter(
    (one) => String(one.name).toLowerCase().split(/\s+/).some(
      (part) => part.startsWith(sought)
    ) || String(one.name).toLowerCase().startsWith(sought)
  )
    .map((one) => ({
      label: `@${one.name}`,
      hint: one.id === names.app.user_id ? "App" : "",
      insert: `@${one.name} `,
      from
    }));
}

/** What could complete the text before the caret. */
function offers(before, names) {
  if (/^\/\S*$/.test(before)) return commandsFor(before, names);
  const person = /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(before);
  return person ? peopleFor(person[1], names, before.length - person[1].length - 1) : [];
}

/** The list under a message box; `names` gives the directory, `taken` is called after an insertion. */
export class Completion {
  constructor(box, names, taken) {
    Object.assign(this, { box, names, taken });
    this.shown = [];
    this.at = 0;
    this.id = freshId("completion");
    this.node = h(
      "ul",
      { class: "options completion", role: "listbox", id: this.id, "aria-label": "Suggestions", hidden: true }
    );
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.id);
  }

  get open() {
    return !this.node.hidden;
  }

  refresh() {
    const { selectionStart: caret, selectionEnd } = this.box;
    this.shown = caret === selectionEnd ? offers(this.box.value.slice(0, caret), this.names()).slice(0, MOST) : [];
    this.at = 0;
    this.node.replaceChildren(...this.shown.map((one, index) => h("li", { role: "option", id: `${this.id}-${index}`, on: { pointerdown: (event) => {
      event.preventDefault();
      this.take(index);
    } } }, h("strong", {}, one.label), one.usage ? h("code", {}, one.usage) : null, one.hint ? h("small", {}, one.hint) : null)));
    this.node.hidden = !this.shown.length;
    this.mark(0);
  }

  mark(index) {
    this.at = index;
    [...this.node.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === index)));
    if (this.open) this.box.setAttribute("aria-activedescendant", `${this.id}-${index}`);
    else this.box.removeAttribute("aria-activedescendant");
    this.node.children[index]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.node.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const one = this.shown[index];
    this.box.setRangeText(one.insert, one.from, this.box.selectionStart, "end");
    this.close();
    this.taken();
  }

  /** Handles a key; true where it was for the list. A command already typed out is sent by Enter, not completed again. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.shown.length) % this.shown.length);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || (event.key === "Enter" && this.shown[this.at].insert.trim() !== this.box.value.slice(this.shown[this.at].from, this.box.selectionStart))) this.take(this.at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
