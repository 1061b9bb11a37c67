/**
 * Names, telephone numbers and addresses of people who do not exist. Numbers come from the ranges that regulators
 * keep free for fiction (North American 555-01xx, Ofcom's and the Bundesnetzagentur's drama numbers, ACMA's and
 * ARCEP's), addresses from the reserved domains example.com and example.test.
 */
import { HOSTILE_PERSON_NAMES } from "./hostile-text.ts";
import type { Random } from "./random.ts";

const GIVEN_NAMES = ["Jane", "John", "Amal", "Birgit", "Carlos", "Devi", "Elif", "Femi", "Greta", "Hiro", "Ivan"];
const FAMILY_NAMES = ["Doe", "Roe", "Bloggs", "Mustermann", "Rossi", "Janssen", "Perez", "Novak", "Kowalski"];
const HOSTILE_NAME_SHARE = 0.02;
const WITHHELD_NUMBER_SHARE = 0.03;
/** [everything before the free digits, how many digits are free] */
const FICTIONAL_NUMBERS: readonly (readonly [string, number])[] = [
  ["+120255501", 2],
  ["+171855501", 2],
  ["+442079460", 3],
  ["+447700900", 3],
  ["+493023125", 3],
  ["+4917139200", 2],
  ["+3319900", 4],
  ["+6125550", 4],
];
/** The centre's own numbers. */
const SERVICE_NUMBERS = ["tel:+12025550100", "tel:+442079460001", "tel:+493023125000"];

/** A customer's name; now and then one that has to be carried with care. */
export function drawPersonName(random: Random): string {
  if (random.chance(HOSTILE_NAME_SHARE)) return random.pick(HOSTILE_PERSON_NAMES);
  return `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`;
}

/** A customer's telephone number as the vendor writes it; now and then withheld. */
export function drawCustomerNumber(random: Random): string {
  if (random.chance(WITHHELD_NUMBER_SHARE)) return "sip:anonymous@anonymous.invalid";
  const [prefix, freeDigits] = random.pick(FICTIONAL_NUMBERS);
  return `tel:${prefix}${String(random.whole(0, 10 ** freeDigits - 1)).padStart(freeDigits, "0")}`;
}

/** One of the centre's own numbers. */
export function drawServiceNumber(random: Random): string {
  return random.pick(SERVICE_NUMBERS);
}

/** A customer's mail address. */
export function drawMailAddress(random: Random): string {
  return `${random.pick(GIVEN_NAMES).toLowerCase()}.${random.whole(1, 9999)}@example.com`;
}
