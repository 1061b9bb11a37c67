/** What columns hold. Drivers give 64-bit numbers as text, as numbers or as big integers: here they become numbers. */
import { z } from "zod";
import { SCHEDULED_STATES } from "../domain/scheduled-run.ts";

/** A whole number of 64 bits that JavaScript counts exactly: instants, durations, counts. */
export const instant = z.union([z.string(), z.number(), z.bigint()]).transform(Number).pipe(z.int());

/** A column that may be empty. */
export function optional<T extends z.ZodType>(shape: T): z.ZodType<z.output<T> | undefined> {
  return shape.nullable().transform((value) => value ?? undefined);
}

/** A text that may be missing. */
export const optionalText = optional(z.string());

/** How a scheduled run stands. */
export const SCHEDULED_STATE = z.enum(SCHEDULED_STATES);
