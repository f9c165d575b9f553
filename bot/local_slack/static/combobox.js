// A text box with a list: type-ahead for selects whose options come from the app, and for choosing several.

import { debounced, freshId, h } from "./dom.js";
import { words } from "./mrkdwn.js";

/** Options, grouped or not, as `[{group, option}]`. */
export function flattened(source) {
  if (source?.option_groups) return source.option_groups.flatMap(
    (group) => (group.options || []).map((option) => ({ group: words(group.label), option }))
  );
  return (source?.options || []).map((option) => ({ group: "", option }));
}

/** A source that filters fixed options by what is typed. */
export function fixed(options) {
  return async (typed) => {
    const sought = typed.trim().toLowerCase();
    return options.filter(({ option }) => !sought || words(option.text).toLowerCase().includes(sought));
  };
}

class Combobox {
  constructor(setup) {
    Object.assign(this, setup);
    this.shown = [];
    this.at = -1;
    this.asked = 0;
    this.listId = freshId("options");
    this.build();
    this.search = debounced(() => this.look(), this.remote ? 180 : 0);
  }

  build() {
    this.list = h(
      "ul",
      { class: "options", role: "listbox", id: this.listId, "aria-label": `Choices for ${this.label}`, hidden: true }
    );
    this.input = h("input", {
      ...this.attributes, type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.listId, "aria-expanded": "false",
      placeholder: this.placeholder, data: this.data,
      on: {
        // A list that waits for letters opens with the first of them: it would hide what is said about an empty field.
        input: () => this.search(), focus: () => this.input.value === "" && !this.minimum && this.search(), click: () => this.list.hidden && this.search(),
        keydown: (event) => this.keys(event), blur: () => setTimeout(() => this.leave(), 120),
      },
    });
    this.chips = h("span", { class: "chips" });
    this.node = h("div", { class: "combobox" }, this.chips, this.input, this.list);
    this.drawChosen();
  }

  drawChosen() {
    if (!this.multiple) {
      this.input.value = this.chosen[0] ? words(this.chosen[0].text) : "";
      return;
    }
    this.chips.replaceChildren(...this.chosen.map((option) => h("span", { class: "chip" }, words(option.text),
      h(
        "button",
        {
          type: "button",
          "aria-label": `Remove ${words(option.text)}`,
          on: { click: () => this.change(this.chosen.filter((one) => one !== option)) }
        },
        "×"
      ))));
  }

  async look() {
    const typed = this.multiple || !this.chosen[0] || this.input.value !== words(this.chosen[0].text) ? this.input.value : "";
    if (typed.length < this.minimum) return this.fill([], `Type ${this.minimum} or more letters.`);
    this.asked += 1;
    const turn = this.asked;
    if (this.remote) this.fill([], "Looking…");
    try {
      const found = await this.source(typed);
      if (turn === this.asked) this.fill(found, "Nothing found.");
    } catch (problem) {
      if (turn === this.asked) this.fill([], problem.message);
    }
    return undefined;
  }

  fill(found, otherwise) {
    const taken = new Set(this.multiple ? this.chosen.map((option) => option.value) : []);
    this.shown = found.filter(({ option }) => !taken.has(option.value)).slice(0, 100);
    this.at = -1;
    let group = "";
    const rows = this.shown.flatMap(({ group: name, option }, index) => {
      const row = h("li", { role: "option", id: `${this.listId}-${index}`, "aria-selected": "false", data: { value: option.value }, on: {
        pointerdown: (event) => {
          event.preventDefault();
          this.choose(index);
        },
      } }, words(option.text), option.description ? h("small", {}, words(option.description)) : null);
      const heading = name && name !== group ? h("li", { class: "group", role: "presentation" }, name) : null;
      group = name;
      return [heading, row];
    });
    this.list.replaceChildren(...(this.shown.length ? rows.filter(Boolean) : [h(
      "li",
      { class: "nothing", role: "presentation" },
      otherwise
    )]));
    if (document.activeElement === this.input) this.show(true);
  }

  show(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (open) this.list.scrollIntoView({ block: "nearest" });
    else this.input.removeAttribute("aria-activedescendant");
  }

  mark(index) {
    this.at = index;
    const rows = this.list.querySelectorAll("[role=option]");
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === index)));
    rows[index]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.listId}-${index}`);
  }

  keys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.search();
      else if (this.shown.length) this.mark((this.at + step + this.shown.length) % this.shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.list.hidden && this.shown.length) this.choose(Math.max(0, this.at));
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.show(false);
    } else if (event.key === "Backspace" && this.multiple && !this.input.value && this.chosen.length) {
      this.change(this.chosen.slice(0, -1));
    }
  }

  choose(index) {
    const { option } = this.shown[index];
    if (this.multiple && this.maximum && this.chosen.length >= this.maximum) return this.fill(
      [],
      `At most ${this.maximum} can be chosen.`
    );
    this.input.value = "";
    this.show(false);
    return this.change(this.multiple ? [...this.chosen, option] : [option]);
  }

  change(chosen) {
    this.chosen = chosen;
    this.drawChosen();
    this.onChange(chosen);
  }

  leave() {
    if (this.node.contains(document.activeElement)) return;
    this.show(false);
    if (this.multiple) this.input.value = "";
    else if (this.chosen[0] && !this.input.value) this.change([]);
    else this.drawChosen();
  }
}

/**
 * A combobox. `setup`: label, attributes, data, placeholder, chosen (options), multiple, maximum, minimum (letters),
 * remote (whether `source` asks the app), source(typed) -> [{group, option}], onChange(options).
 */
export function combobox(setup) {
  return new Combobox(setup).node;
}
