// The quick switcher (Ctrl+K): goes to a place, acts as somebody else, or opens one of the page's tools by its name.

import { freshId, h } from "./dom.js";
import { openDialog } from "./dialog.js";

const MOST = 12;

let closeOpen = null;

/** Whether every word typed begins a word of the label. */
function fits(label, typed) {
  const parts = label.toLowerCase().split(/[\s#@·]+/);
  return typed.toLowerCase().split(/[\s#@]+/).filter(Boolean).every(
    (word) => parts.some((part) => part.startsWith(word))
  );
}

function places(room) {
  const { names } = room;
  const app = names.app.name || "App";
  const unread = (channel) => room.readings.unread(channel, room.user);
  const rows = names.state.channels.map((channel) => ({
    label: names.isTalk(channel) ? names.title(channel) : `#${names.title(channel)}`,
    hint: channel.is_archived ? "archived" : channel.id !== room.place && unread(channel) ? `${unread(channel)} unread` : "",
    act: () => room.go(channel.id)
  }));
  return [...rows, { label: `${app} home`, hint: "", act: () => room.go("home") }];
}

function people(room) {
  return (room.names.workspace.acting_users || []).filter((one) => one.id !== room.user).map((one) => ({
    label: `Act as ${one.real_name}`, hint: one.team_name || "", act: () => room.actAs(one.id)
  }));
}

function list(id, rows, at, take) {
  if (!rows.length) return [h("li", { class: "nothing", role: "presentation" }, "Nothing has such a name.")];
  return rows.map((row, index) => h("li", {
    role: "option", id: `${id}-${index}`, "aria-selected": String(index === at), on: {
      pointerdown: (event) => {
        event.preventDefault();
        take(row);
      }
    }
  }, row.label, row.hint ? h("small", {}, row.hint) : null));
}

/** Opens the switcher; `tools` are further rows, `{label, hint, act}`. A second call closes it. */
export function openSwitcher(room, tools) {
  if (closeOpen) return closeOpen();
  const all = [...places(room), ...people(room), ...tools];
  const listId = freshId("switcher");
  let [rows, at] = [all.slice(0, MOST), 0];
  const options = h("ul", { class: "options", role: "listbox", id: listId, "aria-label": "Places and tools" });
  const box = h("input", {
    type: "text", class: "field", role: "combobox", "aria-label": "Go to", placeholder: "A channel, a person, a tool",
    autocomplete: "off", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", on: {
      input: () => show(all.filter((row) => fits(row.label, box.value)).slice(0, MOST), 0),
      keydown: (event) => keys(event)
    }
  });
  const take = (row) => {
    closeOpen();
    row.act();
  };
  const show = (found, index) => {
    [rows, at] = [found, index];
    options.replaceChildren(...list(listId, rows, at, take));
    if (rows.length) box.setAttribute("aria-activedescendant", `${listId}-${at}`);
    else box.removeAttribute("aria-activedescendant");
    options.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) show(rows, (at + step + rows.length) % rows.length);
    else if (event.key === "Enter" && rows[at]) take(rows[at]);
    else return;
    event.preventDefault();
  };
  show(rows, 0);
  closeOpen = openDialog("Go to", () => ({ body: [box, options] }), "switcher", () => (closeOpen = null));
  return undefined;
}
