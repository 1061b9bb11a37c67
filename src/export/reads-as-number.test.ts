import { expect, test } from "vitest";
import { readsAsNumber } from "./reads-as-number.ts";

test.each([
  "0017",
  "17",
  "12345678901234567890",
  "1e5",
  "1E+05",
  "1.5",
  "1,5",
  "1'000",
  ".5",
  "-12.5",
  "+49 30 1234",
  "5 %",
  "€ 5",
  "(5)",
  "1/2",
  "3-4",
  "2024-03-01",
  "12:30",
  "5 pm",
  "12 Mar",
  "March 2024",
  "Sept 3",
  "3. März",
  "3 août",
  "TRUE",
  "falsch",
  "٤٢",
])("H3: readsAsNumber() keeps %j from a spreadsheet's own reading", (text) => {
  expect(readsAsNumber(text)).toBe(true);
});

test.each([
  "",
  "Sales",
  "Marketing 2",
  "Queue 7",
  "7 dwarfs",
  "1st line",
  "4d5e6f",
  "tel:+4930",
  "true love",
  "May",
  "3b8f1c2e-0000-4000-8000-000000000017",
  "'0017",
])("readsAsNumber() leaves %j alone", (text) => {
  expect(readsAsNumber(text)).toBe(false);
});
