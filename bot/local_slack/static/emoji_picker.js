// The picker behind "Add reaction": the usual ones first, all others by a search.

import { REACTIONS, emoji, everyEmoji } from "./emoji.js";
import { h } from "./dom.js";

const ROW = 8;

let close = null;

function place(node, anchor) {
  const box = anchor.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.right - node.offsetWidth), innerWidth - node.offsetWidth - 8);
  const below = box.bottom + 4 + node.offsetHeight < innerHeight;
  node.style.left = `${Math.max(8, left)}px`;
  node.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - node.offsetHeight - 4)}px`;
}

/** Arrows go over the grid; the row above the first is the search box. */
function walk(event, grid, box) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ROW, ArrowUp: -ROW }[event.key];
  const buttons = [...grid.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (!step || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  if (at < 0) buttons[0]?.focus();
  else if (at + step < 0) box.focus();
  else buttons[Math.min(at + step, buttons.length - 1)].focus();
}

/** Opens the picker at `anchor`; `isMine(name)` marks what this person has given, `act(name)` gives or takes back. */
export function openEmojiPicker(anchor, isMine, act) {
  const wasHere = close?.anchor === anchor;
  close?.();
  if (wasHere) return;
  const names = [...REACTIONS, ...everyEmoji().filter((name) => !REACTIONS.includes(name))];
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const show = (sought) => grid.replaceChildren(...names.filter((name) => name.includes(sought)).map((name) => h("button", {
    type: "button", "aria-label": name, "aria-pressed": String(isMine(name)), title: `:${name}:`, data: { reaction: name },
    on: { click: () => {
      close(true);
      act(name);
    } }
  }, h("span", { class: "emoji", "aria-hidden": "true" }, emoji(name)))));
  const box = h("input", {
    type: "search", class: "field", "aria-label": "Search emoji", placeholder: "Search emoji", autocomplete: "off",
    on: { input: () => show(box.value.trim().toLowerCase().replace(/[:\s]+/g, "")) }
  });
  const node = h("div", { class: "menu emoji-picker", role: "dialog", "aria-label": "Add a reaction", on: { keydown: (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close(true);
    } else if (event.key === "Enter" && event.target === box) grid.querySelector("button")?.click();
    else walk(event, grid, box);
  } } }, box, grid);
  const outside = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) close();
  };
  close = (refocus = false) => {
    document.removeEventListener("pointerdown", outside, true);
    node.remove();
    anchor.setAttribute("aria-expanded", "false");
    close = null;
    if (refocus) anchor.focus();
  };
  close.anchor = anchor;
  show("");
  document.body.append(node);
  place(node, anchor);
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-haspopup", "dialog");
  anchor.setAttribute("aria-expanded", "true");
  box.focus();
}
