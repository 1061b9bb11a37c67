/** The parts of the page around charts and table: what it is, how far to trust it, the figures in big, where it is from. */
import type { Cell, Finding, ReportColumn, ReportTable } from "../../domain/report-table.ts";
import { formatLongTime, formatMeasure, formatNumber, formatWithUnit, NO_VALUE, unitOf } from "./format-number.ts";
import { labelOf } from "./labels.ts";
import { html, isolated, type Markup, NOTHING } from "./markup.ts";
import type { PageFacts } from "./page-facts.ts";

/** As many as fit on one line of a desktop screen. */
const MAX_HEADLINES = 6;

/** Title, window, zone and state. What is provisional says so in words, shape and colour, and on every later part. */
export function pageHeader(facts: PageFacts): Markup {
  const state =
    facts.completeness === "provisional"
      ? provisionalBanner(facts.reasons)
      : html`<p class="state"><b>Complete.</b> Data until ${isolated(facts.dataUntil)}.</p>`;
  return html`<header>
<p class="kind">${isolated(facts.report)}</p>
<h1>${isolated(facts.title)}</h1>
<p class="window"><b>${isolated(facts.interval)}</b> · ${isolated(facts.timeZone)}</p>
${facts.comparedWith === undefined ? NOTHING : html`<p class="window">Compared with ${isolated(facts.comparedWith)}</p>`}
${facts.filter === "" ? NOTHING : html`<p class="window">Filter: ${isolated(facts.filter)}</p>`}
${state}
</header>
`;
}

function provisionalBanner(reasons: readonly string[]): Markup {
  const list =
    reasons.length === 0 ? NOTHING : html`<ul>${reasons.map((reason) => html`<li>${isolated(reason)}</li>`)}</ul>`;
  return html`<div class="provisional" role="note"><h2>Provisional: these figures will change</h2><p>Do not compare or pass them on as final. A later run of the same window replaces them.</p>${list}</div>`;
}

/** The mark that follows figures of a provisional report about. */
export function provisionalMark(facts: PageFacts): Markup {
  return facts.completeness === "provisional" ? html` <b class="mark-provisional">provisional</b>` : NOTHING;
}

/** The first measures over all rows at once; a report without measures shows how much it holds. */
export function headline(table: ReportTable, facts: PageFacts): Markup {
  const { columns, totals } = table;
  const figures = totals
    ? columns
        .flatMap((column, index) => (isFigure(column) ? [measureFigure(column, totals[index] ?? null)] : []))
        .slice(0, MAX_HEADLINES)
    : [
        figureOf("Rows", formatNumber(table.rowCount, 0), "", undefined),
        figureOf("Conversations", formatNumber(facts.conversations ?? 0, 0), "", undefined),
      ];
  return figures.length === 0
    ? NOTHING
    : html`<dl class="headline">${figures}</dl>
`;
}

function isFigure({ role, type, compares }: ReportColumn): boolean {
  return role === "measure" && compares === undefined && (type === "integer" || type === "decimal");
}

function measureFigure(column: ReportColumn, total: Cell): Markup {
  if (typeof total !== "number") return figureOf(labelOf(column), NO_VALUE, "", "no value");
  const long = column.unit === "seconds" ? formatLongTime(total) : undefined;
  if (long === undefined) return figureOf(labelOf(column), formatMeasure(total, column), unitOf(column), undefined);
  return figureOf(labelOf(column), long, "", formatWithUnit(total, column));
}

/** Units are set small beside their numbers, also inside `2 min 56 s`. */
function figureOf(label: string, text: string, unit: string, exact: string | undefined): Markup {
  const parts = (unit === "" ? text : `${text} ${unit}`)
    .split(" ")
    .map((part) => (/\d|–/.test(part) ? html`${part}` : html`\u202f<small>${part}</small> `));
  return html`<div><dt>${isolated(label)}</dt><dd class="big">${parts}</dd>${exact === undefined ? NOTHING : html`<dd class="exact">${exact}</dd>`}</div>
`;
}

/** What a reader should know before trusting a figure. */
export function findingsSection(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return NOTHING;
  return html`<section class="notes"><h2>Before you use these figures</h2><ul>${findings.map(({ message, code }) => html`<li title="${code}">${isolated(message)}</li>`)}</ul></section>
`;
}

/** For a table without rows: what may be the reason, and what to look at. */
export function emptySection(facts: PageFacts): Markup {
  return html`<section><h2>Nothing matched</h2><p>No conversation of this window meets the filter, so there is nothing to draw and no row to show. If that is a surprise, look at the window and its zone above${facts.filter === "" ? "" : ", then at the filter"}; <code>callsheet explain ${isolated(facts.report)}</code> prints what is asked for.</p></section>
`;
}

/** Where the figures are from, to the letter. */
export function pageFooter(table: ReportTable, facts: PageFacts): Markup {
  const entries: readonly (readonly [string, Markup])[] = [
    ["Window", html`${isolated(facts.interval)}, ${isolated(facts.timeZone)}`],
    ["Filter", facts.filter === "" ? html`none` : isolated(facts.filter)],
    ["State", facts.completeness === "complete" ? html`complete` : html`provisional`],
    ["Data until", isolated(facts.dataUntil)],
    ["Read", readFrom(facts)],
    ["Rows", html`${formatNumber(table.rowCount, 0)}`],
    ...(facts.masks === undefined ? [] : [["Masked", isolated(facts.masks)] as const]),
    ["Definition", html`<code>${isolated(facts.definitionHash)}</code>`],
    ["Run", html`<code>${isolated(facts.runId)}</code>, revision ${formatNumber(facts.revision, 0)}`],
    ["Made", html`${isolated(facts.generatedAt)} by callsheet ${isolated(facts.version)}`],
  ];
  return html`<footer><dl>
${entries.map(
  ([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>
`,
)}</dl></footer>
`;
}

function readFrom({ conversations, source, comparedWith }: PageFacts): Markup {
  return conversations === undefined
    ? html`the service's own figures from ${isolated(source)}; each counts when it was emitted, not when its conversation began`
    : html`${formatNumber(conversations, 0)} conversations from ${isolated(source)}${comparedWith === undefined ? NOTHING : ", of both periods"}`;
}
