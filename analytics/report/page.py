"""The one page that a report is as an HTML file: no outside request, light and dark, made to be printed."""

from typing import Final

PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ report.title }}</title>
<style>
:root { --ink: #22313f; --quiet: #5b6875; --paper: #ffffff; --line: #d5dbe1; --band: #f4f7f9; --key: #2f5f87; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ee; --quiet: #a3afba; --paper: #171c21; --line: #3a444e; --band: #20272e; --key: #8fbbe0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 48rem; padding: 2rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 0 0 .15rem; }
p { margin: .5rem 0; max-width: 42rem; }
.span, figcaption p, caption, footer { color: var(--quiet); font-size: .875rem; }
.finding { font-size: 1.125rem; border-left: 4px solid var(--key); padding-left: .9rem; margin: 1rem 0 1.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
/* Wide enough for a word: on a phone a table is pushed aside rather than its names taken apart. */
td:not(.number), th:not(.number) { min-width: 6.5rem; }
th { font-weight: 600; color: var(--quiet); }
td.number, th.number { text-align: right; white-space: nowrap; padding-right: .9rem;
  font-variant-numeric: tabular-nums; }
figure { margin: 1.5rem 0; }
figure img { width: 600px; max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line);
  border-radius: 4px; display: block; }
code { background: var(--band); border-radius: 3px; padding: .05rem .3rem; font-size: .9em; }
summary { cursor: pointer; color: var(--quiet); font-size: .875rem; margin-top: .4rem; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media print {
  :root { --ink: #000; --quiet: #444; --paper: #fff; --line: #bbb; --band: #eee; --key: #444; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, caption { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  details > *:not(summary) { display: none; }
  summary { display: none; }
  @page { margin: 18mm; }
}
</style>
</head>
<body>
<header>
<h1>{{ report.title }}</h1>
<p class="span">{{ report.span }}</p>
</header>
<main>
<p class="finding">{{ report.finding | coded }}</p>
{% macro rows_of(headers, rows, caption) %}
<div class="scroll"><table>
{% if caption %}<caption>{{ caption }}</caption>{% endif %}
<thead><tr>{% for head in headers %}<th scope="col"{% if loop.index0 in numeric(rows) %} class="number"{% endif %}>\
{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}<tr>{% for cell in row %}<td{% if loop.index0 in numeric(rows) %} class="number"{% endif %}>\
{{ cell | coded }}</td>{% endfor %}</tr>
{% endfor %}</tbody>
</table></div>
{% endmacro %}
{% for section in report.sections %}
<section>
<h2>{{ section.heading }}</h2>
{% for sentence in section.sentences + section.details %}<p>{{ sentence | coded }}</p>
{% endfor %}
{% for table in section.tables + section.detail_tables %}
{{ rows_of(table.headers, table.rows, table.caption if table.caption != section.heading else "") }}
{% if table.more %}<p class="span">{{ "{:,}".format(table.more) }} more are not shown.</p>{% endif %}
{% endfor %}
</section>
{% endfor %}
{% if pictured %}
<section>
<h2>Charts</h2>
{% for chart in pictured %}
<figure>
<figcaption><h3>{{ chart.title }}</h3><p>{{ chart.subtitle }}</p></figcaption>
<img src="data:image/png;base64,{{ chart.png | inlined }}" alt="{{ chart.alt_text }}">
{% if chart.rows %}<details><summary>The numbers as a table</summary>
{{ rows_of(chart.headers, chart.rows, "") }}
</details>{% endif %}
</figure>
{% endfor %}
</section>
{% endif %}
</main>
<footer>Made by Rapport on {{ made }}.</footer>
</body>
</html>
"""
