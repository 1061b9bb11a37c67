import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { addsUp, shareRows } from "./share-rows.ts";

const SIGNAL = new AbortController().signal;

function tableOf(rows: readonly (readonly Cell[])[], kinds = false): ReportTable {
  return {
    columns: [
      ...(kinds ? [{ name: "row.kind", type: "text", role: "row" } as const] : []),
      { name: "queue", type: "text", role: "key" },
      { name: "day", type: "bucket", role: "key" },
      { name: "offered", type: "integer", role: "measure" },
    ],
    rowCount: rows.length,
    totals: [null, null, 99],
    findings: [{ code: "name_unmatched", message: "There is no queue Secret", count: 1 }],
    async *rows() {
      yield* rows;
    },
  };
}

const only = (...values: (string | null)[]) => [{ path: "queue", values }];
const rowsOf = async (table: ReportTable | undefined): Promise<(readonly Cell[])[]> =>
  table ? await Array.fromAsync(table.rows()) : [];

describe("shareRows()", () => {
  test("gives each recipient his rows, without totals and findings, and accounts for all", async () => {
    const whole = tableOf([
      ["Sales", "2024-03-01", 1],
      ["Sales", "2024-03-02", 2],
      ["Support", "2024-03-01", 3],
      [null, "2024-03-01", 4],
    ]);
    const recipients = [
      { to: "a", only: only("Sales") },
      { to: "b", only: only("Sales", "Support") },
    ];
    const { shares, proof } = await shareRows(whole, recipients, SIGNAL);
    expect(await rowsOf(shares[0]?.table)).toEqual([
      ["Sales", "2024-03-01", 1],
      ["Sales", "2024-03-02", 2],
    ]);
    expect(shares[0]?.table).toMatchObject({ rowCount: 2, findings: [] });
    expect(shares[0]?.table.totals).toBeUndefined();
    const { all, unclaimed, repeated } = proof;
    expect([all.rows, unclaimed.rows, repeated.rows]).toEqual([4, 1, 2]);
    expect(proof.shares.map(({ to, rows }) => [to, rows])).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
    expect(addsUp(proof)).toBe(true);
  });

  test("keeps subtotals of what a share holds, and none that is over rows of others", async () => {
    const whole = tableOf(
      [
        ["group", "Sales", "2024-03-01", 1],
        ["group", "Support", "2024-03-01", 3],
        ["group", null, "2024-03-01", 5],
        ["others", null, "2024-03-01", 7],
        ["subtotal by queue", "Sales", null, 1],
        ["subtotal by queue", "Support", null, 3],
        ["subtotal by day", null, "2024-03-01", 16],
        ["total", null, null, 16],
      ],
      true,
    );
    const recipients = [
      { to: "a", only: only("Sales") },
      { to: "nameless", only: only(null) },
    ];
    const { shares, proof } = await shareRows(whole, recipients, SIGNAL);
    expect(await rowsOf(shares[0]?.table)).toEqual([
      ["group", "Sales", "2024-03-01", 1],
      ["subtotal by queue", "Sales", null, 1],
    ]);
    expect(await rowsOf(shares[1]?.table)).toEqual([["group", null, "2024-03-01", 5]]);
    expect([proof.all.rows, proof.unclaimed.rows]).toEqual([4, 2]);
  });

  test("says which values no row has", async () => {
    const { unmatched } = await shareRows(
      tableOf([["Sales", null, 1]]),
      [{ to: "a", only: only("Sales", "Sails") }],
      SIGNAL,
    );
    expect(unmatched).toEqual(['a: no row has queue "Sails"']);
  });

  test("hands nothing out when a share would hold a row that is not his", async () => {
    // A table that answers otherwise at the second reading, as a defect of ours might.
    let reading = 0;
    const broken: ReportTable = {
      ...tableOf([]),
      async *rows() {
        reading += 1;
        yield ["Sales", null, reading];
      },
    };
    await expect(shareRows(broken, [{ to: "a", only: only("Sales") }], SIGNAL)).rejects.toMatchObject({
      code: "internal",
    });
  });

  test("of any table and any recipients: a share is a filter, and the sums add up", async () => {
    const value = fc.constantFrom("Sales", "Support", "sales", "", null);
    const row = fc.tuple(value, fc.constantFrom("2024-03-01", null), fc.nat(3));
    const recipient = fc.array(value, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        fc.array(recipient, { minLength: 1, maxLength: 4 }),
        async (rows, wanted) => {
          const recipients = wanted.map((values, index) => ({ to: `r${index}`, only: only(...values) }));
          const { shares, proof } = await shareRows(tableOf(rows), recipients, SIGNAL);
          for (const [index, share] of shares.entries())
            expect(await rowsOf(share.table)).toEqual(rows.filter(([queue]) => wanted[index]?.includes(queue)));
          const nobody = rows.filter(([queue]) => wanted.every((values) => !values.includes(queue)));
          expect(proof.unclaimed.rows).toBe(nobody.length);
          expect(addsUp(proof)).toBe(true);
        },
      ),
    );
  });

  test("addsUp() sees one cell that differs", async () => {
    const { proof } = await shareRows(tableOf([["Sales", null, 1]]), [{ to: "a", only: only("Sales") }], SIGNAL);
    const other = await shareRows(tableOf([["Sales", null, 2]]), [{ to: "a", only: only("Sales") }], SIGNAL);
    expect(addsUp({ ...proof, all: other.proof.all })).toBe(false);
  });
});
