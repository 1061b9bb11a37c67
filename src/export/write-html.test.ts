import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cell, ReportColumn, ReportTable } from "../domain/report-table.ts";
import { visible } from "./html/markup.ts";
import { htmlChunks, type PageFacts } from "./write-html.ts";

const FACTS: PageFacts = {
  title: "Voice by queue",
  report: "voice-by-queue",
  interval: "Mon 1 Feb 1999 to Mon 1 Mar 1999",
  timeZone: "Asia/Jerusalem",
  filter: "",
  completeness: "complete",
  reasons: [],
  source: "conversation details",
  definitionHash: "sha256:0011",
  runId: "run-7",
  version: "1.2.3",
  revision: 2,
  dataUntil: "1 Mar 1999 02:00",
  conversations: 33_344,
  generatedAt: "2 Mar 1999 04:00",
};

const QUEUE: ReportColumn = { name: "routing.queue.name", type: "text", role: "key" };
const HOUR: ReportColumn = { name: "time.hour", type: "bucket", role: "key" };
const COUNT: ReportColumn = {
  name: "conversation_count",
  type: "integer",
  role: "measure",
  unit: "count",
  adds: "overlapping",
};
const RATE: ReportColumn = { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio", adds: "ratio" };
const TALK: ReportColumn = {
  name: "avg_talk_seconds",
  type: "decimal",
  role: "measure",
  unit: "seconds",
  adds: "ratio",
};
const CODES: ReportColumn = {
  name: "unique_wrapup_codes",
  type: "list",
  role: "measure",
  unit: "codes",
  adds: "overlapping",
};
const COUNTS: ReportColumn = {
  name: "wrapup_counts",
  type: "counts",
  role: "measure",
  unit: "codes",
  adds: "overlapping",
};

function tableOf(
  columns: readonly ReportColumn[],
  rows: readonly (readonly Cell[])[],
  more: Partial<ReportTable> = {},
): ReportTable {
  return {
    columns,
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      yield* rows;
    },
    ...more,
  };
}

async function pageOf(table: ReportTable, facts: Partial<PageFacts> = {}): Promise<string> {
  let page = "";
  for await (const chunk of htmlChunks(table, { ...FACTS, ...facts })) page += chunk;
  return page;
}

test("htmlChunks() leaves the steps of a distribution in their order", async () => {
  const waits: ReportColumn = { ...COUNTS, name: "wait_counts", unit: "count" };
  const page = await pageOf(tableOf([QUEUE, waits], [["Sales", { "0-10 s": 3, "10-20 s": 40, "20 s and more": 5 }]]));
  expect(page.match(/(?<=<span class="code"><bdi>)[^<]+/g)).toEqual(["0-10 s", "10-20 s", "20 s and more"]);
});

test("htmlChunks() writes headers with label, unit and exact name, and rows with their own header", async () => {
  const page = await pageOf(
    tableOf(
      [QUEUE, HOUR, COUNT, RATE, TALK, CODES, COUNTS],
      [
        ["Sales", "1999-02-01T07:00+02:00", 33_344, 0.1273, 176.35, ["A", "B"], { B: 2, A: 11, C: 2 }],
        [null, "1999-02-01T08:00+02:00", 0, null, null, [], {}],
      ],
      { totals: [null, null, 33_000, 0.12, 176.353, ["A"], { A: 1 }] },
    ),
  );
  expect(tableLines(page)).toEqual([
    '<caption><div id="table-name"><bdi>Figures by queue and hour</bdi> <span>2 rows</span></div></caption>',
    '<thead><tr><th scope="col" title="routing.queue.name"><bdi>Queue</bdi></th><th scope="col" title="time.hour"><bdi>Hour</bdi></th>' +
      '<th scope="col" title="conversation_count"><bdi>Conversations</bdi><a href="#not-additive" title="not additive">†</a></th>' +
      '<th scope="col" title="abandon_rate (a share of 1 in the CSV, per cent here)"><bdi>Abandon rate</bdi> <small>%</small></th>' +
      '<th scope="col" title="avg_talk_seconds"><bdi>Average talk time</bdi> <small>s</small></th>' +
      '<th scope="col" title="unique_wrapup_codes"><bdi>Wrap-up codes</bdi><a href="#not-additive" title="not additive">†</a></th>' +
      '<th scope="col" title="wrapup_counts"><bdi>Wrap-up counts</bdi><a href="#not-additive" title="not additive">†</a></th></tr></thead>',
    "<tbody>",
    '<tr><th scope="row"><bdi>Sales</bdi></th><th scope="row"><time datetime="1999-02-01T07:00+02:00">Mon 1 Feb 07:00</time></th>' +
      "<td>33\u202f344</td><td>12.73</td><td>176.35</td><td><bdi>A</bdi>, <bdi>B</bdi></td>" +
      '<td><span class="code"><bdi>A</bdi> × 11</span>, <span class="code"><bdi>B</bdi> × 2</span>, <span class="code"><bdi>C</bdi> × 2</span></td></tr>',
    '<tr><th scope="row"><span title="no value">–</span></th><th scope="row"><time datetime="1999-02-01T08:00+02:00">Mon 1 Feb 08:00</time></th>' +
      '<td>0</td><td title="no value">–</td><td title="no value">–</td><td title="no value">–</td><td title="no value">–</td></tr>',
    "</tbody>",
    '<tfoot><tr><th scope="row" colspan="2">All rows</th><td>33\u202f000</td><td>12.00</td><td>176.35</td><td><bdi>A</bdi></td>' +
      '<td><span class="code"><bdi>A</bdi> × 1</span></td></tr></tfoot>',
  ]);
  expect(page).toContain('<p id="not-additive">† Not additive: one thing can count in several rows');
});

test("htmlChunks() puts columns of numbers to the right, also in the row of totals", async () => {
  const page = await pageOf(tableOf([QUEUE, HOUR, COUNT, RATE], [], { totals: [null, null, 0, null] }));
  expect(/thead th:nth-child\(3\).*/.exec(page)?.[0]).toBe(
    "thead th:nth-child(3),tbody td:nth-child(3),tfoot td:nth-child(2)," +
      "thead th:nth-child(4),tbody td:nth-child(4),tfoot td:nth-child(3){text-align:right;white-space:nowrap}</style>",
  );
});

test("htmlChunks() shows the first measures big, long times in hours with the exact seconds", async () => {
  const page = await pageOf(
    tableOf([QUEUE, COUNT, RATE, TALK, COUNTS], [["A", 1, 1, 1, {}]], {
      totals: [null, 33_344, 0.1273, 4_775_034, { A: 1 }],
    }),
  );
  const figures = readPage(page).filter(({ path }) => /\bdl\.headline div (?:dt|dd)/.test(path));
  expect(figures.map(({ text }) => text.trim()).filter(Boolean)).toEqual([
    "Conversations",
    "33\u202f344",
    "Abandon rate",
    "12.73",
    "%",
    "Average talk time",
    "1\u202f326",
    "h",
    "24",
    "min",
    "4\u202f775\u202f034.00\u00a0s",
  ]);
});

test("htmlChunks() says in the title, in a banner and at the table that figures are provisional, and why", async () => {
  const table = tableOf([QUEUE, COUNT], [["A", 1]], { totals: [null, 1] });
  const provisional = { completeness: "provisional", reasons: ["12 conversations had not ended."] } as const;
  const page = await pageOf(table, provisional);
  expect(page).toContain("<title>Provisional: Voice by queue</title>");
  expect(page).toContain('<div class="provisional" role="note"><h2>Provisional: these figures will change</h2>');
  expect(page).toContain("<li><bdi>12 conversations had not ended.</bdi></li>");
  expect(page).toContain('<b class="mark-provisional">provisional</b>');
  expect(page).not.toContain("<b>Complete.</b>");
  const complete = await pageOf(table);
  expect(complete).toContain("<b>Complete.</b> Data until <bdi>1 Mar 1999 02:00</bdi>.");
  expect(complete.replace(/<style>.*?<\/style>/s, "")).not.toMatch(/provisional/i);
});

test("htmlChunks() lists findings as sentences and tells where the figures are from", async () => {
  const findings = [{ code: "open_conversations", count: 3, message: "3 conversations are still in progress." }];
  const page = await pageOf(tableOf([QUEUE, COUNT], [["A", 1]], { findings }), { filter: "queue is Sales" });
  expect(page).toContain('<li title="open_conversations"><bdi>3 conversations are still in progress.</bdi></li>');
  expect(
    readPage(page)
      .flatMap(({ path, text }) => (/footer dl d[td]/.test(path) ? [text] : []))
      .join("|"),
  ).toBe(
    "Window|Mon 1 Feb 1999 to Mon 1 Mar 1999|, |Asia/Jerusalem|Filter|queue is Sales|State|complete|Data until|1 Mar 1999 02:00|" +
      "Read|33\u202f344 conversations from |conversation details|Rows|1|Definition|sha256:0011|Run|run-7|, revision 2|Made|2 Mar 1999 04:00| by callsheet |1.2.3",
  );
});

test("htmlChunks() says of an empty table what to look at, and draws nothing", async () => {
  const page = await pageOf(tableOf([QUEUE, COUNT], [], { totals: [null, 0] }), { filter: "queue is Sales" });
  expect(page).toContain("<h2>Nothing matched</h2>");
  expect(page).toContain('<tr><td class="empty" colspan="2">No rows.</td></tr>');
  expect(page).not.toContain("<svg");
  expect(page).not.toContain("<tfoot>");
});

test("htmlChunks() ends the table at 2,000 rows, names the rest, and stays below 500 kB", async () => {
  let read = 0;
  const table = tableOf([QUEUE, COUNT, RATE, TALK], [], {
    rowCount: 90_000,
    rows: async function* () {
      for (let row = 0; row < 90_000; row++) {
        read += 1;
        yield [`Queue number ${row}`, row, 0.5, 12.5];
      }
    },
  });
  const page = await pageOf(table);
  expect(page.match(/<tr><th scope="row">/g)).toHaveLength(2000);
  expect(page).toContain(
    "These are the first 2\u202f000 of 90\u202f000 rows. The other 88\u202f000 stand in the CSV file of this run; charts and totals are of all rows.",
  );
  expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  expect(read).toBe(2000);
});

test("htmlChunks() ends the table earlier when its cells are long, and shortens the longest", async () => {
  const rows = Array.from({ length: 2000 }, (_, row) => [`${row} ${"x".repeat(5000)}`, 1]);
  const page = await pageOf(tableOf([QUEUE, COUNT], rows));
  expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  expect(page).toMatch(/These are the first 1?\u202f?\d{3} of 2\u202f000 rows/);
  expect(page).toContain(`<bdi title="shortened; the CSV has the whole text">0 ${"x".repeat(298)}…</bdi>`);
});

test("htmlChunks() gives a report of details its rows, without totals and charts", async () => {
  const columns: ReportColumn[] = [
    { name: "conversation.start", type: "instant", role: "detail" },
    { name: "agent.talk.seconds", type: "decimal", role: "detail", unit: "seconds" },
  ];
  const page = await pageOf(
    tableOf(columns, [
      ["1999-02-01T07:02:47.000+02:00", 12.345],
      ["1999-02-01T07:03:47.000+02:00", null],
    ]),
  );
  expect(tableLines(page).slice(-3)).toEqual([
    "<tr><td><bdi>1999-02-01T07:02:47.000+02:00</bdi></td><td>12.345</td></tr>",
    '<tr><td><bdi>1999-02-01T07:03:47.000+02:00</bdi></td><td title="no value">–</td></tr>',
    "</tbody>",
  ]);
  expect(page).not.toContain("<svg");
});

test("htmlChunks() gives the same bytes for the same table", async () => {
  const table = tableOf(
    [QUEUE, HOUR, COUNT],
    [
      ["A", "1999-02-01T07:00+02:00", 1],
      ["B", "1999-02-01T08:00+02:00", 2],
    ],
  );
  expect(await pageOf(table)).toBe(await pageOf(table));
});

test("htmlChunks() refers to nothing outside the page and forbids its browser to fetch", async () => {
  const page = await pageOf(
    tableOf(
      [QUEUE, COUNT],
      [
        ["A", 1],
        ["B", 2],
      ],
    ),
  );
  expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|url\(|<script|<link|<img|<iframe|srcset|\ssrc=|\son[a-z]+=/i);
  expect(page).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
  );
  expect(page).toContain('<meta name="referrer" content="no-referrer">');
  expect(page).toContain('<meta name="robots" content="noindex,nofollow">');
});

const HOSTILE = [
  "<script>alert(1)</script>",
  `"><img src=x onerror="alert(1)">`,
  "'; --",
  "</style></title></table>",
  "<!-- --><![CDATA[",
  "&lt;b&gt; &amp; &#60;",
  "\u202Egnp.exe\u2066",
  "a\u0000b\u001b[31m\r\n\u0085",
  "\uD83D",
  "שיחות נכנסות (1)",
  "__proto__",
  "",
];
const name = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "/", "a", " ", "=", "\u202e"), maxLength: 30 }),
);

test("htmlChunks() lets no name become markup: every text is read back as it was, in tags that we wrote", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, name, name, fc.nat()), { maxLength: 6 }), name, async (rows, text) => {
      const columns = [{ ...QUEUE, name: `conversation.attribute.${text}` }, COUNT, CODES, COUNTS];
      const table = tableOf(
        columns,
        rows.map(([key, code, other, count]) => [key, count, [code], Object.fromEntries([[other, count]])]),
        {
          findings: [{ code: text, message: text, count: 1 }],
        },
      );
      const facts = {
        title: text,
        report: text,
        interval: text,
        filter: text,
        reasons: [text],
        source: text,
        definitionHash: text,
        runId: text,
        version: text,
        dataUntil: text,
        generatedAt: text,
      };
      const pieces = readPage(await pageOf(table, { ...facts, completeness: "provisional" }));
      expect(pieces.flatMap(({ unknown }) => unknown)).toEqual([]);
      const cells = pieces
        .filter(({ path }) => /tbody tr (?:th|td)(?: span\.code)? (?:bdi|span\.none)$/.test(path))
        .map((piece) => piece.text);
      const shown = (value: string): string[] => (value === "" ? ["(empty)"] : [visible(value)]);
      expect(cells).toEqual(rows.flatMap(([key, code, other]) => [...shown(key), ...shown(code), ...shown(other)]));
      const title = pieces.filter(({ path }) => path.endsWith("header h1 bdi")).map((piece) => piece.text);
      expect(title).toEqual(text === "" ? [] : [visible(text)]);
    }),
    { numRuns: 300 },
  );
});

function tableLines(page: string): string[] {
  const table = page.slice(page.indexOf("<caption>"), page.indexOf("</table>"));
  return table.split("\n").filter((line) => line !== "");
}

/** A text with the elements around it, and what in them is not ours. */
interface Piece {
  readonly path: string;
  readonly text: string;
  readonly unknown: readonly string[];
}

const TAGS = new Set(
  "html head meta title style body header main footer section div p h1 h2 h3 b i ul li dl dt dd span small bdi code a table caption thead tbody tfoot tr th td time figure figcaption svg g desc rect line path circle text".split(
    " ",
  ),
);
const VOID = new Set(["meta"]);
const ATTRIBUTES =
  /^(?:lang|charset|http-equiv|content|name|class|id|role|aria-[a-z]+|title|href|scope|colspan|tabindex|datetime|width|height|x|y|x1|x2|y1|y2|rx|r|cx|cy|d|viewBox|preserveAspectRatio|fill-opacity)$/;

/** Reads a page as strictly as it is written: quoted attributes, every element closed, no stray `<`. */
function readPage(page: string): Piece[] {
  const pieces: Piece[] = [];
  const open: string[] = [];
  const unknown: string[] = [];
  const token =
    /<!doctype html>|<(?<end>\/?)(?<tag>[a-z][a-z0-9]*)(?<attributes>(?:\s+[a-zA-Z][a-zA-Z0-9-]*="[^"]*")*)\s*(?<self>\/?)>|(?<text>[^<]+)|(?<stray><)/gy;
  let read = 0;
  for (const match of page.matchAll(token)) {
    read = match.index + match[0].length;
    const { tag, end, attributes = "", self, text, stray } = match.groups ?? {};
    if (stray !== undefined) unknown.push("stray <");
    if (text !== undefined) pieces.push({ path: open.join(" "), text: decoded(text), unknown: unknown.splice(0) });
    if (tag === undefined) continue;
    if (!TAGS.has(tag)) unknown.push(tag);
    for (const [, attribute = "", value = ""] of attributes.matchAll(/\s([a-zA-Z0-9-]+)="([^"]*)"/g)) {
      if (!ATTRIBUTES.test(attribute) || (attribute === "href" && value !== "#not-additive"))
        unknown.push(`${attribute}="${value}"`);
    }
    if (end === "/") {
      if (open.pop()?.split(".")[0] !== tag) unknown.push(`unexpected </${tag}>`);
    } else if (self === "" && !VOID.has(tag)) {
      const first = /class="([a-z-]+)/.exec(attributes)?.[1];
      open.push(first === undefined ? tag : `${tag}.${first}`);
    }
  }
  expect(read).toBe(page.length);
  pieces.push({ path: open.join(" "), text: "", unknown: [...unknown, ...open.map((tag) => `unclosed ${tag}`)] });
  return pieces;
}

function decoded(text: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replaceAll(/&([a-z0-9#]+);/g, (whole, entity: string) => characters[entity] ?? whole);
}

test("htmlChunks() sets rows over several groups apart, and shows the total once, as the foot of the table", async () => {
  const kind: ReportColumn = { name: "row.kind", type: "text", role: "row" };
  const rows: Cell[][] = [
    ["group", "Sales", 7],
    ["group", "Billing", 5],
    ["subtotal by routing.queue.name", "Sales", 7],
    ["total", null, 12],
  ];
  const page = (
    await Array.fromAsync(htmlChunks(tableOf([kind, QUEUE, COUNT], rows, { totals: [null, null, 12] }), FACTS))
  ).join("");
  const body = page.slice(page.indexOf("<tbody>"), page.indexOf("</table>"));
  expect(body.match(/<tr[^>]*>/g)).toEqual(["<tr>", "<tr>", '<tr class="sum">', "<tr>"]);
  expect(body).toContain('<td></td><th scope="row"><bdi>Sales</bdi></th><td>7</td>');
  expect(body).toContain('<tfoot><tr><th scope="row" colspan="2">All rows</th><td>12</td></tr></tfoot>');
  expect(page).not.toContain('class="cut"');
});
