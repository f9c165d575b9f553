// Draws table and data_table blocks; the latter can be sorted and paged.

import { freshId, h } from "./dom.js";
import { drawElement } from "./elements.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { richText, richWords } from "./rich_text.js";

function cellBody(cell, block, ctx) {
  if (cell === null || cell === undefined) return [];
  if (typeof cell === "string" || typeof cell === "number") return [String(cell)];
  if (cell.type === "rich_text") return richText(cell, ctx.names);
  if (cell.type === "raw_number") return [cell.text ?? Number(cell.value).toLocaleString("en-GB")];
  if (cell.type === "mrkdwn" || cell.type === "plain_text") return textObject(cell, ctx.names);
  if (cell.type === "raw_text" || cell.text !== undefined && !cell.action_id) return [words(cell.text)];
  return [drawElement(cell.element || cell, block, ctx)];
}

function cellWords(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "object") return String(cell);
  if (cell.type === "rich_text") return richWords(cell);
  return cell.type === "raw_number" ? String(cell.value ?? cell.text) : words(cell.text ?? cell);
}

const NUMBER = /^[\s(+−-]*[€$£¥]?\s*-?\d[\d\s.,' \u202f]*\s*(%|[€$£¥]|[A-Z]{3}|k|M)?\)?\s*$/;

function numberOf(text) {
  if (!NUMBER.test(text)) return null;
  const bare = text.replace(/[^\d.,−-]/g, "").replace("−", "-");
  const decimal = /,\d{1,2}$/.test(bare) && !/\.\d{1,2}$/.test(bare) ? bare.replace(/\./g, "").replace(",", ".") : bare.replace(/,/g, "");
  const number = Number(decimal);
  return Number.isFinite(number) ? number : null;
}

function compared(left, right) {
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== null && other !== null) return one - other;
  return left.localeCompare(right, "en", { numeric: true, sensitivity: "base" });
}

const isNumeric = (rows, column) => rows.length > 0 && rows.every(
  (row) => row[column]?.type === "raw_number" || numberOf(cellWords(row[column])) !== null
);

/** A table block: the first row is the header. */
export function table(block, ctx) {
  const [head = [], ...body] = block.rows || [];
  const look = (cell, index) => {
    const setting = block.column_settings?.[index] || {};
    cell.classList.add(`align-${["center", "right"].includes(setting.align) ? setting.align : "left"}`);
    if (setting.is_wrapped === false) cell.classList.add("unwrapped");
    return cell;
  };
  return h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {},
    h(
      "thead",
      {},
      h("tr", {}, head.map((cell, index) => look(h("th", { scope: "col" }, cellBody(cell, block, ctx)), index)))
    ),
    h(
      "tbody",
      {},
      body.map((row) => h("tr", {}, row.map((cell, index) => look(h("td", {}, cellBody(cell, block, ctx)), index))))
    )));
}

/** Where each data table stands, so that a redraw of its message does not turn the page. */
const standing = new Map();

class DataTable {
  constructor(block, ctx) {
    Object.assign(this, { block, ctx });
    [this.head = [], ...this.rows] = block.rows || [];
    this.size = block.page_size || 10;
    this.key = `${ctx.key}\u0000${block.block_id}`;
    this.place = standing.get(this.key) || { column: null, descending: false, page: 0 };
    this.numeric = this.head.map((cell, column) => isNumeric(this.rows, column));
    this.body = h("tbody");
    this.heads = this.head.map((cell, column) => this.headCell(cell, column));
    this.count = h("span", { class: "count", role: "status" });
    this.back = this.turn("Previous page", icon("left"), -1);
    this.forth = this.turn("Next page", icon("right"), 1);
    const captionId = freshId("caption");
    const foot = h(
      "div",
      { class: "table-foot" },
      this.count,
      this.rows.length > this.size ? [this.back, this.forth] : null
    );
    this.node = h("div", { class: "data-table" },
      h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-labelledby": captionId }, h("table", {},
        h(
          "caption",
          { id: captionId },
          words(block.caption)
        ), h("thead", {}, h("tr", {}, this.heads)), this.body)), foot);
    this.draw();
  }

  turn(label, mark, step) {
    return h("button", { type: "button", class: "button icon", "aria-label": label, on: { click: () => {
      this.place.page += step;
      this.draw();
    } } }, mark);
  }

  headCell(cell, column) {
    const sort = () => {
      const again = this.place.column === column;
      this.place = {
        column: again && this.place.descending ? null : column,
        descending: again && !this.place.descending,
        page: 0
      };
      this.draw();
    };
    return h("th", { scope: "col", class: this.numeric[column] ? "align-right" : "" },
      h(
        "button",
        { type: "button", class: "sort", on: { click: sort } },
        cellWords(cell),
        h("span", { class: "arrow", "aria-hidden": "true" })
      ));
  }

  ordered() {
    const { column, descending } = this.place;
    if (column === null) return this.rows;
    const rows = [...this.rows].sort((one, other) => compared(cellWords(one[column]), cellWords(other[column])));
    return descending ? rows.reverse() : rows;
  }

  draw() {
    const pages = Math.max(1, Math.ceil(this.rows.length / this.size));
    this.place.page = Math.min(Math.max(0, this.place.page), pages - 1);
    const { column, descending, page } = this.place;
    standing.set(this.key, this.place);
    const first = page * this.size;
    const shown = this.ordered().slice(first, first + this.size);
    this.body.replaceChildren(...shown.map((row) => h("tr", {}, row.map((cell, index) => this.cell(cell, index)))));
    this.heads.forEach((node, index) => {
      const sorted = index === column;
      node.setAttribute("aria-sort", sorted ? (descending ? "descending" : "ascending") : "none");
      node.querySelector(".arrow").textContent = sorted ? (descending ? " ▼" : " ▲") : "";
    });
    this.count.textContent = pages > 1 ? `${first + 1}–${first + shown.length} of ${this.rows.length} rows` : `${this.rows.length} ${this.rows.length === 1 ? "row" : "rows"}`;
    this.back.disabled = page === 0;
    this.forth.disabled = page === pages - 1;
  }

  cell(cell, index) {
    const isHead = index === this.block.row_header_column_index;
    return h(
      isHead ? "th" : "td",
      { scope: isHead ? "row" : null, class: this.numeric[index] ? "align-right" : "" },
      cellBody(cell, this.block, this.ctx)
    );
  }
}

/** A data_table block: caption, header row, sorting and pages. */
export function dataTable(block, ctx) {
  return new DataTable(block, ctx).node;
}
