/**
 * Epoch milliseconds as the vendor writes an instant: `2024-03-10T06:59:59.123Z`. A conversation holds some forty
 * instants, nearly all of one day, so the date part stays in a buffer and only the digits of the clock are written.
 * Text that is cut from a buffer is also one flat string; pieced together it would be a tree that is slow to collect.
 */

const DAY_MS = 86_400_000;
const ZERO = 48;
const text = Buffer.from("0000-00-00T00:00:00.000Z", "latin1");
let dayInText = Number.NaN;

/** Formats a whole number of epoch milliseconds as ISO-8601 UTC with milliseconds. */
export function formatInstant(at: number): string {
  const day = Math.floor(at / DAY_MS);
  if (day !== dayInText) {
    text.write(new Date(day * DAY_MS).toISOString().slice(0, 10), 0, "latin1");
    dayInText = day;
  }
  const ofDay = at - day * DAY_MS;
  const ofMinute = ofDay % 60_000;
  const minuteOfDay = (ofDay - ofMinute) / 60_000;
  const milliseconds = ofMinute % 1000;
  writeTwoDigits(11, Math.floor(minuteOfDay / 60));
  writeTwoDigits(14, minuteOfDay % 60);
  writeTwoDigits(17, (ofMinute - milliseconds) / 1000);
  text[20] = ZERO + Math.floor(milliseconds / 100);
  writeTwoDigits(21, milliseconds % 100);
  return text.toString("latin1");
}

function writeTwoDigits(place: number, number: number): void {
  const tens = Math.floor(number / 10);
  text[place] = ZERO + tens;
  text[place + 1] = ZERO + number - tens * 10;
}
