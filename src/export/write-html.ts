/**
 * A report as one page that opens from disk: figures, charts and table, in light and dark, on a phone and on
 * paper. It holds no script, refers to nothing outside itself, and forbids its browser to fetch anything.
 */
import type { ReportTable } from "../domain/report-table.ts";
import { drawCharts } from "./html/draw-charts.ts";
import { columnStyle, tableChunks } from "./html/figures-table.ts";
import { createBucketLabels } from "./html/format-bucket.ts";
import { formatNumber } from "./html/format-number.ts";
import { labelInSentence } from "./html/labels.ts";
import { html, isolated, Markup } from "./html/markup.ts";
import type { PageFacts } from "./html/page-facts.ts";
import { emptySection, findingsSection, headline, pageFooter, pageHeader, provisionalMark } from "./html/page-parts.ts";
import { PAGE_STYLE } from "./html/page-style.ts";
import { readChartData } from "./html/read-chart-data.ts";

export type { PageFacts } from "./html/page-facts.ts";

/**
 * The page in pieces of UTF-8 text, to be written as they come. Reads the rows at most three times and holds
 * only those that a chart needs. The same table and facts give the same text. Throws a RangeError for an unknown zone.
 */
export async function* htmlChunks(table: ReportTable, facts: PageFacts): AsyncGenerator<string> {
  const labels = createBucketLabels(facts.timeZone, await spansYears(table));
  yield head(table, facts).text;
  yield html`${pageHeader(facts)}<main>
${headline(table, facts)}${findingsSection(table.findings)}${table.rowCount === 0 ? emptySection(facts) : drawCharts(await readChartData(table), { timeZone: facts.timeZone, labels })}`
    .text;
  yield* tableChunks(table, labels, caption(table, facts));
  yield html`</main>
${pageFooter(table, facts)}</body>
</html>
`.text;
}

function head(table: ReportTable, facts: PageFacts): Markup {
  return html`${DOCTYPE}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex,nofollow">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="callsheet ${facts.version}">
<title>${facts.completeness === "provisional" ? "Provisional: " : ""}${facts.title}</title>
<style>${PAGE_STYLE}${columnStyle(table.columns)}</style>
</head>
<body>
`;
}

const DOCTYPE = new Markup("<!doctype html>\n");

/** What the table shows, with its keys: "Figures by queue and day". */
function caption({ columns, rowCount }: ReportTable, facts: PageFacts): Markup {
  const keys = columns.filter(({ role }) => role === "key").map(labelInSentence);
  const by = keys.length > 1 ? `${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}` : keys[0];
  const subject = columns.some(({ role }) => role === "detail")
    ? "Details"
    : by === undefined
      ? "Figures"
      : `Figures by ${by}`;
  const rows = rowCount === 1 ? "1 row" : `${formatNumber(rowCount, 0)} rows`;
  return html`${isolated(subject)}${provisionalMark(facts)} <span>${rows}</span>`;
}

/** Whether labels of times need a year to be told apart. */
async function spansYears(table: ReportTable): Promise<boolean> {
  const buckets = table.columns.flatMap(({ type }, index) => (type === "bucket" ? [index] : []));
  if (buckets.length === 0) return false;
  const years = new Set<string>();
  for await (const row of table.rows()) {
    for (const index of buckets) {
      const bucket = row[index];
      if (typeof bucket === "string") years.add(bucket.slice(0, 4));
    }
    if (years.size > 1) return true;
  }
  return false;
}
