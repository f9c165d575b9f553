// Draws the stack of modal views as one dialog, and sends what was filled in.

import { drawBlocks } from "./blocks.js";
import { h, keepingFocus } from "./dom.js";
import { forgetForms, formOf, problemsOf } from "./forms.js";
import { words } from "./mrkdwn.js";
import { toast, trapFocus } from "./overlays.js";

/** What the blocks of a view need to know. */
export function viewContext(view, room, errors = {}) {
  const key = `v:${view.id}`;
  const form = formOf(key).seeded(view.state?.values);
  return {
    key, surface: view.type, names: room.names, user: room.user, form, errors,
    act: (detail) => room.gesture({ type: "click", view_id: view.id, values: form.collect(view.blocks), ...detail }),
    suggest: async (detail) => (await room.gesture({ type: "suggest", view_id: view.id, ...detail })).ack || {},
  };
}

export class Modals {
  constructor(room, holder, page) {
    Object.assign(this, { room, holder, page });
    this.view = null;
    this.problems = {};
    this.signature = "";
  }

  draw(views) {
    const top = views[views.length - 1] || null;
    forgetForms("v:", new Set([...views.map((view) => `v:${view.id}`), `v:${this.room.homeId() || ""}`]));
    if (!top) {
      this.leave();
      return;
    }
    const same = this.view?.id === top.id;
    if (!same || this.view.hash !== top.hash) this.problems = {};
    this.view = top;
    const signature = JSON.stringify([top, views.length, this.problems, this.room.user]);
    if (same && signature === this.signature) return;
    this.signature = signature;
    if (!this.dialog) this.enter();
    keepingFocus(this.dialog, () => this.fill(top, views.length));
    if (!same || document.activeElement === this.dialog || !this.dialog.contains(document.activeElement)) this.focusFirst();
  }

  enter() {
    this.before = document.activeElement;
    this.dialog = h("div", { class: "dialog", role: "dialog", "aria-modal": "true", tabindex: "-1" });
    trapFocus(this.dialog, () => this.close());
    this.backdrop = h("div", { class: "backdrop" }, this.dialog);
    this.holder.replaceChildren(this.backdrop);
    this.page.inert = true;
  }

  leave() {
    if (!this.dialog) return;
    this.holder.replaceChildren();
    this.page.inert = false;
    this.dialog = null;
    this.view = null;
    this.signature = "";
    if (this.before?.isConnected) this.before.focus();
    else document.getElementById("composer")?.focus();
  }

  fill(view, depth) {
    const title = words(view.title) || "Dialog";
    const ctx = viewContext(view, this.room, { ...(view.errors || {}), ...this.problems });
    ctx.submit = view.submit ? () => this.submit() : null;
    const scrolled = this.dialog.querySelector(".dialog-body")?.scrollTop || 0;
    const body = h(
      "div",
      { class: "dialog-body" },
      view.notice ? h("p", { class: "error", role: "alert" }, view.notice) : null,
      drawBlocks(view.blocks, ctx)
    );
    this.submitButton = view.submit ? h(
      "button",
      { type: "button", class: "button primary", data: { focusKey: "submit" }, on: { click: () => this.submit() } },
      words(view.submit)
    ) : null;
    this.dialog.setAttribute("aria-label", title);
    this.dialog.dataset.viewId = view.id;
    this.dialog.dataset.callbackId = view.callback_id || "";
    this.dialog.replaceChildren(
      h("div", { class: "dialog-head" },
        h(
          "span",
          { class: "avatar app small", "aria-hidden": "true" },
          (this.room.names.app.name || "A")[0].toUpperCase()
        ), h("h2", {}, title), depth > 1 ? h("span", { class: "count" }, `${depth} of 3`) : null,
        h(
          "button",
          { type: "button", class: "quiet", "aria-label": "Close dialog", on: { click: () => this.close() } },
          "×"
        )),
      body,
      h(
        "div",
        { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "button", data: { focusKey: "close" }, on: { click: () => this.close() } },
          words(view.close) || (view.submit ? "Cancel" : "Close")
        ),
        this.submitButton
      ));
    body.scrollTop = scrolled;
  }

  focusFirst() {
    const first = this.dialog.querySelector("[data-focus-on-load]") || this.dialog.querySelector(
      ".dialog-body :is(input,select,textarea):not([disabled])"
    ) || this.submitButton;
    (first || this.dialog).focus();
  }

  redraw() {
    this.signature = "";
    this.draw(this.room.names.state.views || []);
    this.dialog?.querySelector("[aria-invalid]")?.focus();
  }

  async submit() {
    const { view } = this;
    const form = formOf(`v:${view.id}`);
    this.problems = problemsOf(view, form);
    if (Object.keys(this.problems).length) {
      this.redraw();
      return;
    }
    if (this.submitButton.getAttribute("aria-busy") === "true") return;
    this.submitButton.setAttribute("aria-busy", "true");
    try {
      await this.room.gesture({ type: "submit", view_id: view.id, values: form.collect(view.blocks) });
    } catch (problem) {
      toast(problem.message);
    } finally {
      this.submitButton?.removeAttribute("aria-busy");
    }
  }

  async close() {
    const { view } = this;
    if (!view) return;
    await this.room.attempt({ type: "close_view", view_id: view.id });
  }
}
