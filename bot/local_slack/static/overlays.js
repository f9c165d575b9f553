// What lies above the page: menus, questions and short notices.

import { h, freshId } from "./dom.js";
import { textObject, words } from "./mrkdwn.js";

const FOCUSABLE = "a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),textarea:not([disabled]),[tabindex='0']";

/** Keeps Tab inside a dialog; Escape calls `leave`. */
export function trapFocus(dialog, leave) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
    if (event.key !== "Tab") return;
    const stops = [...dialog.querySelectorAll(FOCUSABLE)].filter(
      (node) => node.offsetParent !== null && node.tabIndex >= 0
    );
    if (!stops.length) return;
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement !== edge && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  });
}

/** A short notice at the lower edge; a fault stays longer and is announced at once. */
export function toast(text, kind = "fault") {
  const shelf = document.getElementById("toasts");
  const close = h(
    "button",
    { type: "button", class: "quiet", "aria-label": "Dismiss notice", on: { click: () => note.remove() } },
    "×"
  );
  const note = h(
    "div",
    { class: `toast ${kind}`, role: kind === "fault" ? "alert" : "status" },
    h("span", {}, text),
    close
  );
  shelf.append(note);
  while (shelf.childElementCount > 3) shelf.firstElementChild.remove();
  setTimeout(() => note.remove(), kind === "fault" ? 9000 : 4000);
}

let openedMenu = null;

/** Closes the menu that is open, if any. */
function closeMenu(refocus = false) {
  if (!openedMenu) return;
  const { menu, anchor, stop } = openedMenu;
  openedMenu = null;
  stop();
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus();
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(Math.max(8, box.right - width), innerWidth - width - 8);
  const below = box.bottom + 4 + height < innerHeight;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - height - 4)}px`;
}

function menuKeys(event, menu) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (move) items[(at + move + items.length) % items.length]?.focus();
  else if (event.key === "Home") items[0]?.focus();
  else if (event.key === "End") items[items.length - 1]?.focus();
  else if (event.key === "Escape") closeMenu(true);
  else if (event.key === "Tab") return closeMenu(true);
  else return undefined;
  event.preventDefault();
  event.stopPropagation();
  return undefined;
}

/** Opens a menu at `anchor`; items are `{label, act, hint?, danger?, checked?, icon?, heading?}`. */
export function openMenu(anchor, label, items, className = "") {
  const same = openedMenu?.anchor === anchor;
  closeMenu();
  if (same) return;
  const menu = h("div", {
    class: `menu ${className}`,
    role: "menu",
    "aria-label": label,
    on: { keydown: (event) => menuKeys(event, menu) }
  }, items.map((item) => {
    if (item.heading) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
    const radio = item.checked !== undefined;
    return h("button", {
      type: "button", class: item.danger ? "danger" : "", role: radio ? "menuitemradio" : "menuitem", "aria-checked": radio ? String(item.checked) : null,
      "aria-label": item.icon && !item.hint ? item.label : null, title: item.icon ? item.label : null,
      data: item.data, on: { click: () => {
        closeMenu(true);
        item.act();
      } },
    }, item.icon ? h(
      "span",
      { class: "emoji", "aria-hidden": "true" },
      item.icon
    ) : item.label, item.hint ? h("small", {}, item.hint) : null);
  }));
  document.body.append(menu);
  place(menu, anchor);
  const outside = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) closeMenu();
  };
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-haspopup", "menu");
  anchor.setAttribute("aria-expanded", "true");
  openedMenu = { menu, anchor, stop: () => document.removeEventListener("pointerdown", outside, true) };
  menu.querySelector("[role^=menuitem]")?.focus();
}

/** Asks a question over everything else; resolves to true for the affirmative button. */
export function ask({ title, body, yes, no, danger }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const titleId = freshId("ask");
    const done = (answer) => {
      backdrop.remove();
      before?.focus?.();
      resolve(answer);
    };
    const deny = h("button", { type: "button", class: "button", on: { click: () => done(false) } }, no || "Cancel");
    const affirm = h(
      "button",
      { type: "button", class: `button ${danger ? "danger" : "primary"}`, on: { click: () => done(true) } },
      yes
    );
    const dialog = h("div", {
      class: "dialog small",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": titleId
    },
      h("h2", { id: titleId }, title), h("div", { class: "dialog-body" }, body), h(
        "div",
        { class: "dialog-foot" },
        deny,
        affirm
      ));
    const backdrop = h("div", { class: "backdrop above" }, dialog);
    trapFocus(dialog, () => done(false));
    document.body.append(backdrop);
    deny.focus();
  });
}

/** Block Kit's confirm object as a question; without one the answer is yes. */
export async function confirmed(confirm, names) {
  if (!confirm) return true;
  return ask({
    title: words(confirm.title) || "Are you sure?", body: h("p", {}, textObject(confirm.text, names)),
    yes: words(confirm.confirm) || "Yes", no: words(confirm.deny) || "Cancel", danger: confirm.style === "danger",
  });
}
