// A dialog of the page itself, as against the modals that the app opens.

import { freshId, h } from "./dom.js";
import { trapFocus } from "./overlays.js";

/** Opens a dialog over everything else; `fill(close)` gives its body and its foot. `closed` is called at its end. Returns how to close it. */
export function openDialog(title, fill, className = "", closed = null) {
  const before = document.activeElement;
  const titleId = freshId("dialog");
  const close = () => {
    if (!backdrop.isConnected) return;
    backdrop.remove();
    if (before?.isConnected) before.focus();
    closed?.();
  };
  const { body, foot } = fill(close);
  const cross = h("button", { type: "button", class: "quiet", "aria-label": "Close dialog", on: { click: close } }, "×");
  const dialog = h(
    "div",
    { class: `dialog ${className}`, role: "dialog", "aria-modal": "true", "aria-labelledby": titleId, tabindex: "-1" },
    h("div", { class: "dialog-head" }, h("h2", { id: titleId }, title), cross),
    h("div", { class: "dialog-body" }, body),
    foot ? h("div", { class: "dialog-foot" }, foot) : null
  );
  const backdrop = h("div", { class: "backdrop", on: {
    pointerdown: (event) => event.target === backdrop && close()
  } }, dialog);
  trapFocus(dialog, close);
  document.body.append(backdrop);
  (dialog.querySelector(".dialog-body :is(input,textarea,select)") || dialog).focus();
  return close;
}
