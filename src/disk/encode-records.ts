/**
 * Records on disk: JSON, but a list of texts, each once, and one flat list of numbers in place of an object for each
 * record. A page speaks of the same few queues and users again and again, so that it is a third as long as a line of
 * JSON for each record, and is read back without the names of its members.
 *
 * A text is the number of its place in the list, an absent one -1. A record's start is counted from that of the record
 * before it, all else in it from its own start, so that nearly all numbers are small.
 * `decodeRecords(encodeRecords(records))` equals `records`.
 */
import type { ConversationRecord, MetricTotal, PartRecord, SegmentRecord } from "../domain/conversation-record.ts";
import type { MemberValues } from "../domain/member.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const ABSENT = -1;
/** Distances of 0 and more are written as one more than they are. */
const NO_INSTANT = 0;
const KINDS = ["leg", "visit", "other"] as const;

/** The text of a page's records, in their order. */
export function encodeRecords(records: readonly ConversationRecord[]): string {
  const writer = new Writer();
  for (const record of records) writer.record(record);
  return `${JSON.stringify(writer.texts)}\n${JSON.stringify(writer.numbers)}\n`;
}

/** The records of a text that `encodeRecords` made: whoever read it has proved that it is the very text. */
export function decodeRecords(text: string): ConversationRecord[] {
  const [texts = "[]", numbers = "[]"] = text.split("\n", 2);
  const reader = new Reader(JSON.parse(texts) as string[], JSON.parse(numbers) as number[]);
  const records: ConversationRecord[] = [];
  while (reader.more) records.push(reader.record());
  return records;
}

class Writer {
  readonly texts: string[] = [];
  readonly numbers: number[] = [];
  readonly #places = new Map<string, number>();
  #startedAt = 0;

  record({ id, startedAt, endedAt, direction, divisionIds, parts, members }: ConversationRecord): void {
    this.numbers.push(startedAt - this.#startedAt);
    this.#startedAt = startedAt;
    this.#text(id);
    this.#instant(endedAt);
    this.#text(direction);
    this.#list(divisionIds);
    this.#members(members);
    this.numbers.push(parts.length);
    for (const part of parts) this.#part(part);
  }

  #part(part: PartRecord): void {
    this.numbers.push(KINDS.indexOf(part.kind), part.isCustomer ? 1 : 0);
    this.#text(part.mediaType);
    this.#text(part.queueId);
    this.#text(part.userId);
    this.#instant(part.startedAt);
    this.#instant(part.endedAt);
    this.#list(part.wrapUpCodes);
    this.#metrics(part.metrics);
    this.#members(part.members);
    this.numbers.push(part.segments?.length ?? ABSENT);
    for (const segment of part.segments ?? []) this.#segment(segment);
  }

  #segment(segment: SegmentRecord): void {
    this.#text(segment.type);
    this.#instant(segment.startedAt);
    this.#instant(segment.endedAt);
    this.#text(segment.queueId);
    this.#text(segment.wrapUpCode);
    this.#text(segment.disconnectType);
    this.#members(segment.members);
  }

  #metrics(metrics: PartRecord["metrics"]): void {
    const names = metrics === undefined ? [] : Object.keys(metrics);
    this.numbers.push(metrics === undefined ? ABSENT : names.length);
    for (const name of names) {
      const total = metrics?.[name];
      if (total === undefined) continue;
      this.#text(name);
      this.numbers.push(total.count, total.sum, total.emits?.length ?? ABSENT);
      for (const [at, value] of total.emits ?? []) this.numbers.push(at, value);
    }
  }

  #members(members: MemberValues | undefined): void {
    const entries = members === undefined ? [] : Object.entries(members);
    this.numbers.push(members === undefined ? ABSENT : entries.length);
    for (const [key, values] of entries) {
      this.#text(key);
      this.#list(values);
    }
  }

  #list(texts: readonly string[] | undefined): void {
    this.numbers.push(texts?.length ?? ABSENT);
    for (const text of texts ?? []) this.#text(text);
  }

  #text(text: string | undefined): void {
    if (text === undefined) {
      this.numbers.push(ABSENT);
      return;
    }
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.#places.set(text, place);
    }
    this.numbers.push(place);
  }

  #instant(at: number | undefined): void {
    const distance = at === undefined ? undefined : at - this.#startedAt;
    this.numbers.push(distance === undefined ? NO_INSTANT : distance < 0 ? distance : distance + 1);
  }
}

class Reader {
  readonly #texts: readonly string[];
  readonly #numbers: readonly number[];
  #at = 0;
  #startedAt = 0;

  constructor(texts: readonly string[], numbers: readonly number[]) {
    this.#texts = texts;
    this.#numbers = numbers;
  }

  get more(): boolean {
    return this.#at < this.#numbers.length;
  }

  record(): ConversationRecord {
    const startedAt = this.#startedAt + this.#number();
    this.#startedAt = startedAt;
    const id = this.#text() ?? "";
    const endedAt = this.#instant();
    const direction = this.#text();
    const divisionIds = this.#list() ?? [];
    const members = this.#members();
    const parts: PartRecord[] = [];
    for (let left = this.#number(); left > 0; left--) parts.push(this.#part());
    const record: Writable<ConversationRecord> = { id, startedAt, divisionIds, parts };
    if (endedAt !== undefined) record.endedAt = endedAt;
    if (direction !== undefined) record.direction = direction;
    if (members !== undefined) record.members = members;
    return record;
  }

  #part(): PartRecord {
    const kind = KINDS[this.#number()] ?? "other";
    const isCustomer = this.#number() === 1;
    const mediaType = this.#text() ?? "";
    const [queueId, userId] = [this.#text(), this.#text()];
    const startedAt = this.#instant() ?? 0;
    const part: Writable<PartRecord> = { kind, mediaType, startedAt };
    const endedAt = this.#instant();
    const wrapUpCodes = this.#list();
    const metrics = this.#metrics();
    const members = this.#members();
    const segments = this.#segments();
    if (queueId !== undefined) part.queueId = queueId;
    if (userId !== undefined) part.userId = userId;
    if (endedAt !== undefined) part.endedAt = endedAt;
    if (wrapUpCodes !== undefined) part.wrapUpCodes = wrapUpCodes;
    if (metrics !== undefined) part.metrics = metrics;
    if (segments !== undefined) part.segments = segments;
    if (isCustomer) part.isCustomer = true;
    if (members !== undefined) part.members = members;
    return part;
  }

  #segments(): SegmentRecord[] | undefined {
    const length = this.#number();
    return length === ABSENT ? undefined : Array.from({ length }, () => this.#segment());
  }

  #segment(): SegmentRecord {
    const type = this.#text() ?? "";
    const startedAt = this.#instant() ?? 0;
    const segment: Writable<SegmentRecord> = { type, startedAt };
    const endedAt = this.#instant();
    const [queueId, wrapUpCode, disconnectType] = [this.#text(), this.#text(), this.#text()];
    const members = this.#members();
    if (endedAt !== undefined) segment.endedAt = endedAt;
    if (queueId !== undefined) segment.queueId = queueId;
    if (wrapUpCode !== undefined) segment.wrapUpCode = wrapUpCode;
    if (disconnectType !== undefined) segment.disconnectType = disconnectType;
    if (members !== undefined) segment.members = members;
    return segment;
  }

  #metrics(): Record<string, MetricTotal> | undefined {
    const length = this.#number();
    if (length === ABSENT) return undefined;
    const metrics: Record<string, MetricTotal> = {};
    for (let left = length; left > 0; left--) {
      const name = this.#text() ?? "";
      const [count, sum, emitted] = [this.#number(), this.#number(), this.#number()];
      if (emitted === ABSENT) metrics[name] = { count, sum };
      else {
        const emits = Array.from({ length: emitted }, () => [this.#number(), this.#number()] as const);
        metrics[name] = { count, sum, emits };
      }
    }
    return metrics;
  }

  #members(): MemberValues | undefined {
    const length = this.#number();
    if (length === ABSENT) return undefined;
    const members: Record<string, readonly string[]> = {};
    for (let left = length; left > 0; left--) members[this.#text() ?? ""] = this.#list() ?? [];
    return members;
  }

  #list(): string[] | undefined {
    const length = this.#number();
    return length === ABSENT ? undefined : Array.from({ length }, () => this.#text() ?? "");
  }

  #text(): string | undefined {
    const place = this.#number();
    return place === ABSENT ? undefined : this.#texts[place];
  }

  #instant(): number | undefined {
    const distance = this.#number();
    if (distance === NO_INSTANT) return undefined;
    return this.#startedAt + (distance < 0 ? distance : distance - 1);
  }

  #number(): number {
    return this.#numbers[this.#at++] ?? 0;
  }
}
