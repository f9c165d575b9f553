// Writes an e-mail and hands it to the host's listener by real SMTP; what the listener answered is shown.

import { base64Of, freshId, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { door } from "./door.js";

const FORWARDED = {
  from: "Nora Lindqvist <nora.lindqvist@kestrelharbour.example>",
  subject: "Offer for the second site",
  text: "Hello,\n\ncould you send us an offer for 40 more units by the end of next week? "
    + "We would like to start in spring.\n\nBest regards\nNora Lindqvist\nKestrel Harbour\n+44 20 7946 0321"
};

/** What each person was writing, so that closing the box by mistake loses nothing. */
const drafts = new Map();

/** A mail as people forward it: a line of their own, then the customer's mail under its heading. */
function forwarded(person) {
  const sent = new Date(Date.now() - 3600_000).toUTCString().replace("GMT", "+0000");
  return {
    subject: `Fwd: ${FORWARDED.subject}`,
    text: `\n\n---------- Forwarded message ---------\nFrom: ${FORWARDED.from}\nDate: ${sent}\n`
      + `Subject: ${FORWARDED.subject}\nTo: ${person.real_name} <${person.email}>\n\n${FORWARDED.text}\n`
  };
}

function labelled(label, control) {
  const id = freshId("mail");
  control.id = id;
  return h("div", { class: "mail-line" }, h("label", { for: id }, label), control);
}

class MailForm {
  constructor(room, close) {
    Object.assign(this, { room, close, files: [] });
    const { names } = room;
    this.person = names.known(room.user) || {};
    const text = (value, type = "text") => h("input", { type, class: "field", value, autocomplete: "off" });
    this.from = text(this.person.email || "");
    this.to = text(names.workspace.mail?.to || "");
    const draft = drafts.get(room.user) || { subject: "", text: "" };
    this.subject = text(draft.subject);
    this.text = h("textarea", { class: "field", rows: 9 });
    this.text.value = draft.text;
    for (const field of [this.subject, this.text]) field.addEventListener("input", () => this.keep());
    this.chooser = h("input", { type: "file", multiple: true, class: "field" });
    this.result = h("p", { class: "mail-result", role: "status" });
    this.button = h("button", { type: "button", class: "button primary", on: { click: () => this.send() } }, "Send");
    const template = h("button", { type: "button", class: "button", on: { click: () => this.fillForwarded() } }, "Fill in a forwarded mail");
    this.body = [
      labelled("From", this.from), labelled("To", this.to), labelled("Subject", this.subject), labelled("Text", this.text),
      labelled("Attachments", this.chooser), h("p", {}, template), this.result
    ];
    this.foot = [h("button", { type: "button", class: "button", on: { click: close } }, "Close"), this.button];
  }

  fillForwarded() {
    const { subject, text } = forwarded(this.person);
    this.subject.value = subject;
    this.text.value = text;
    this.keep();
    this.text.focus();
    this.text.setSelectionRange(0, 0);
    this.text.scrollTop = 0;
  }

  keep() {
    drafts.set(this.room.user, { subject: this.subject.value, text: this.text.value });
  }

  say(text, kind) {
    this.result.className = `mail-result ${kind}`;
    this.result.textContent = text;
  }

  async send() {
    if (this.button.getAttribute("aria-busy") === "true") return;
    this.button.setAttribute("aria-busy", "true");
    this.say("Handing it over…", "");
    try {
      const files = await Promise.all([...this.chooser.files].map(async (file) => ({
        name: file.name, content_base64: await base64Of(file)
      })));
      const answer = await door.mail({
        user: this.room.user, from: this.from.value, to: this.to.value, subject: this.subject.value,
        text: this.text.value, files
      });
      if (answer.accepted) drafts.delete(this.room.user);
      const said = [answer.code, answer.text].filter(Boolean).join(" ");
      this.say(
        answer.accepted ? `Accepted in ${Math.round(answer.ms)} ms: ${said}` : `Not accepted: ${said}`,
        answer.accepted ? "good" : "error"
      );
    } catch (problem) {
      this.say(problem.message, "error");
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }
}

/** Opens the box for one mail of the person who acts. */
export function openMail(room) {
  openDialog("Write an e-mail", (close) => new MailForm(room, close), "mail");
}
