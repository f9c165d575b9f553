// Draws data_visualization blocks as inline SVG, with the numbers as a table beside the picture.

import { freshId, h, svg } from "./dom.js";

const HEIGHT = 240;

/** The room a chart has: narrow pages get a narrow drawing, so that its words keep their size. */
function roomFor(config) {
  const width = matchMedia("(max-width: 700px)").matches ? 290 : 520;
  const [left, right, top, bottom] = [config.y_label ? 56 : 42, 12, 12, config.x_label ? 52 : 30];
  return { width, left, right, top, bottom, across: width - left - right, down: HEIGHT - top - bottom };
}

const shown = (number) => Number(number).toLocaleString("en-GB", { maximumFractionDigits: 2 });

function compact(number) {
  return Math.abs(number) >= 10000 ? Number(number).toLocaleString(
    "en-GB",
    { notation: "compact", maximumFractionDigits: 1 }
  ) : shown(number);
}

function ticksOf(low, high) {
  const span = high - low || 1;
  const raw = span / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * unit).find((size) => size >= raw);
  const first = Math.floor(low / step) * step;
  const ticks = [];
  for (let at = first; at < high + step * 0.999; at += step) ticks.push(Number(at.toPrecision(12)));
  return ticks;
}

function scaled(series, room) {
  const values = series.flatMap((one) => one.values).filter(Number.isFinite);
  const ticks = ticksOf(Math.min(0, ...values), Math.max(0, ...values) || 1);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  return { ticks, y: (value) => room.top + room.down * (1 - (value - low) / (high - low)) };
}

function axes(categories, ticks, y, config, room) {
  const slot = room.across / categories.length;
  const every = Math.ceil(categories.length / Math.max(1, Math.floor(room.across / 64)));
  const fits = Math.max(4, Math.floor((slot * every) / 6.4));
  const short = (label) => (label.length > fits ? `${label.slice(0, fits - 1)}…` : label);
  return [
    ticks.map((tick) => [
      svg(
        "line",
        { x1: room.left, x2: room.width - room.right, y1: y(tick), y2: y(tick), class: tick === 0 ? "axis" : "grid" }
      ),
      svg("text", { x: room.left - 8, y: y(tick) + 4, "text-anchor": "end" }, compact(tick)),
    ]),
    categories.map((label, index) => (index % every ? null : svg(
      "text",
      { x: room.left + slot * (index + 0.5), y: HEIGHT - room.bottom + 18, "text-anchor": "middle" },
      short(label)
    ))),
    config.x_label ? svg(
      "text",
      { x: room.left + room.across / 2, y: HEIGHT - 10, "text-anchor": "middle", class: "axis-name" },
      config.x_label
    ) : null,
    config.y_label ? svg(
      "text",
      {
        x: 12,
        y: room.top + room.down / 2,
        "text-anchor": "middle",
        class: "axis-name",
        transform: `rotate(-90 12 ${room.top + room.down / 2})`
      },
      config.y_label
    ) : null,
  ];
}

const hue = (index) => `series-${index % 6}`;

function bars(series, categories, y, room) {
  const slot = room.across / categories.length;
  const width = Math.min(48, (slot * 0.72) / series.length);
  return series.flatMap((one, place) => one.values.map((value, index) => {
    if (!Number.isFinite(value)) return null;
    const x = room.left + slot * (index + 0.5) + (place - series.length / 2) * width;
    const [top, base] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
    return svg(
      "rect",
      { x: x + 1, y: top, width: Math.max(1, width - 2), height: Math.max(1, base - top), rx: 2, class: hue(place) },
      svg("title", {}, `${one.name}, ${categories[index]}: ${shown(value)}`)
    );
  }));
}

function curves(series, categories, y, filled, room) {
  const slot = room.across / categories.length;
  const x = (index) => room.left + slot * (index + 0.5);
  return series.map((one, place) => {
    const points = one.values.map(
      (value, index) => [x(index), y(value), value, index]
    ).filter(([, , value]) => Number.isFinite(value));
    if (!points.length) return null;
    const path = points.map(([px, py], index) => `${index ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    return svg("g", { class: hue(place) },
      filled ? svg(
        "path",
        {
          d: `${path}L${points[points.length - 1][0].toFixed(1)} ${y(0).toFixed(1)}L${points[0][0].toFixed(1)} ${y(0).toFixed(1)}Z`,
          class: "area"
        }
      ) : null,
      svg("path", { d: path, class: "curve" }),
      points.map(([px, py, value, index]) => svg(
        "circle",
        { cx: px, cy: py, r: 3.5 },
        svg("title", {}, `${one.name}, ${categories[index]}: ${shown(value)}`)
      )));
  });
}

function pie(segments) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  const [cx, cy, radius] = [HEIGHT / 2, HEIGHT / 2, HEIGHT / 2 - 14];
  if (segments.length === 1) return [svg(
    "circle",
    { cx, cy, r: radius, class: hue(0) },
    svg("title", {}, `${segments[0].label}: ${shown(segments[0].value)}`)
  )];
  let turned = 0;
  const spot = (share) => [
    cx + radius * Math.sin(2 * Math.PI * share),
    cy - radius * Math.cos(2 * Math.PI * share)
  ].map((at) => at.toFixed(2)).join(" ");
  return segments.map((one, index) => {
    const from = turned;
    turned += one.value / total;
    const d = `M${cx} ${cy}L${spot(from)}A${radius} ${radius} 0 ${one.value / total > 0.5 ? 1 : 0} 1 ${spot(turned)}Z`;
    return svg(
      "path",
      { d, class: `${hue(index)} slice` },
      svg("title", {}, `${one.label}: ${shown(one.value)} (${Math.round((100 * one.value) / total)} %)`)
    );
  });
}

function legend(names) {
  return h(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    names.map((name, index) => h("li", {}, h("span", { class: `key ${hue(index)}` }), name))
  );
}

function numbers(heads, rows) {
  return h("details", { class: "chart-numbers" }, h(
    "summary",
    {},
    "Show the numbers"
  ), h("div", { class: "table-frame" }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
    h(
      "tbody",
      {},
      rows.map(([name, ...values]) => h(
        "tr",
        {},
        h("th", { scope: "row" }, name),
        values.map((value) => h("td", { class: "align-right" }, value))
      ))
    ))));
}

function framed(block, kind, drawing, summary, names, table, width) {
  const titleId = freshId("chart");
  return h("figure", { class: `chart chart-${kind}`, "aria-labelledby": titleId },
    h("figcaption", { id: titleId }, String(block.title ?? "")),
    h(
      "div",
      { class: "chart-frame" },
      svg(
        "svg",
        { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${kind} chart: ${block.title}. ${summary}` },
        drawing
      ),
      legend(names)
    ), table);
}

function pieFigure(block, chart) {
  const segments = (chart.segments || []).map((one) => ({
    label: String(one.label),
    value: Number(one.value)
  })).filter((one) => one.value > 0);
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  const share = (one) => `${Math.round((100 * one.value) / total)} %`;
  const summary = segments.map((one) => `${one.label} ${shown(one.value)}`).join(", ");
  const table = numbers(["", "Value", "Share"], segments.map((one) => [one.label, shown(one.value), share(one)]));
  return framed(
    block,
    "pie",
    pie(segments),
    summary,
    segments.map((one) => `${one.label} · ${share(one)}`),
    table,
    HEIGHT
  );
}

function seriesFigure(block, chart) {
  const config = chart.axis_config || {};
  const room = roomFor(config);
  const labels = (chart.series?.[0]?.data || []).map((point) => point.label);
  const categories = (config.categories?.length ? config.categories : labels).map(String);
  const series = (chart.series || []).map((one) => {
    const values = new Map((one.data || []).map((point) => [String(point.label), Number(point.value)]));
    return { name: String(one.name), values: categories.map((label) => values.get(label) ?? NaN) };
  });
  const { ticks, y } = scaled(series, room);
  const drawing = chart.type === "bar" ? bars(series, categories, y, room) : curves(
    series,
    categories,
    y,
    chart.type === "area",
    room
  );
  const cell = (value) => (Number.isFinite(value) ? shown(value) : "–");
  const summary = series.map((one) => `${one.name}: ${categories.map((label, index) => `${label} ${cell(one.values[index])}`).join(", ")}`).join(". ");
  const table = numbers(
    [config.x_label || "", ...series.map((one) => one.name)],
    categories.map((label, index) => [label, ...series.map((one) => cell(one.values[index]))])
  );
  return framed(
    block,
    chart.type,
    [axes(categories, ticks, y, config, room), drawing],
    summary,
    series.map((one) => one.name),
    table,
    room.width
  );
}

/** A chart: pie, bar, line or area. */
export function dataVisualization(block) {
  const chart = block.chart || {};
  if (chart.type === "pie") return pieFigure(block, chart);
  if (["bar", "line", "area"].includes(chart.type)) return seriesFigure(block, chart);
  return h("div", { class: "unknown-block" }, `chart “${chart.type}”`);
}
