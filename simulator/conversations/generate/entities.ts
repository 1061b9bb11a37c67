/**
 * The entities of a generated centre: what its listings show, and what its conversations use. The two differ on
 * purpose. A deleted queue, purged users, deleted wrap-up codes and a deleted flow are used but listed nowhere, and
 * two queues in different divisions share one name.
 */
import type { Entity } from "../centre.ts";
import { HOSTILE_PERSON_NAMES, HOSTILE_QUEUE_NAMES } from "./hostile-text.ts";
import { Random, WeightedChoice } from "./random.ts";

/** Media with a service level of their own in a queue's settings. */
export type QueueMedia = "voice" | "callback" | "chat" | "email" | "message";

/** What the stories need to know of a queue; deleted ones too. */
export interface QueueProfile {
  readonly id: string;
  readonly name: string;
  readonly divisionId: string;
  /** Ids of the users who take its conversations. */
  readonly agents: readonly string[];
  /** Ids of the wrap-up codes its agents choose from. */
  readonly wrapUpCodes: readonly string[];
  readonly serviceLevelMs: Readonly<Record<QueueMedia, number>>;
}

/** A flow as sessions mention it. */
export interface FlowProfile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

/** The listings of a centre together with the profiles its conversations are told from. */
export interface World {
  readonly organization: Entity;
  readonly divisions: readonly Entity[];
  readonly queues: readonly Entity[];
  readonly users: readonly Entity[];
  readonly wrapUpCodes: readonly Entity[];
  readonly skills: readonly Entity[];
  readonly languages: readonly Entity[];
  readonly flows: readonly Entity[];
  readonly homeDivisionId: string;
  readonly queueChoice: WeightedChoice<QueueProfile>;
  readonly queueProfiles: readonly QueueProfile[];
  readonly divisionOfUser: ReadonlyMap<string, string>;
  readonly userIds: readonly string[];
  readonly skillIds: readonly string[];
  readonly languageIds: readonly string[];
  readonly flowProfiles: readonly FlowProfile[];
  readonly edgeIds: readonly string[];
  readonly surveyForm: { readonly id: string; readonly contextId: string; readonly name: string };
  readonly evaluationForm: { readonly id: string; readonly contextId: string; readonly name: string };
}

type Reference = { readonly id: string; readonly name: string; readonly selfUri: string };

const CREATED_ON = "2022-09-05T08:00:00.000Z";
const MODIFIED_ON = "2024-01-15T09:30:00.000Z";
const DIVISION_NAMES = ["Home", "EMEA", "Americas", 'Partners, "external"'] as const;
/** [name, division, weight]; the two queues called Support are different queues. */
const PLAIN_QUEUES: readonly (readonly [string, number, number])[] = [
  ["Support", 1, 20],
  ["Support", 2, 14],
  ["Sales", 1, 12],
  ["Billing", 2, 10],
  ["Complaints", 0, 6],
  ["Technical 2nd level", 0, 7],
  ["Back office", 0, 5],
];
const HOSTILE_QUEUE_WEIGHT = 1.6;
const DELETED_QUEUE_WEIGHT = 1.5;
const USER_COUNT = 150;
const INACTIVE_USERS = 14;
const DELETED_USERS = 9;
/** Users that are used in conversations and shown by no listing. */
const PURGED_USERS = 4;
const AGENTS_OF_QUEUE = 14;
const CODES_OF_QUEUE = 8;
const GIVEN_NAMES = ["Alex", "Bo", "Chris", "Dana", "Emre", "Fatima", "Goran", "Hana", "Ines", "Jo", "Kim", "Lior"];
const FAMILY_NAMES = ["Sample", "Example", "Muster", "Specimen", "Modelo", "Dupont", "Placeholder", "Anon", "Doe"];
const CODE_NAMES = [
  "Resolved",
  "Resolved",
  "Call back later",
  "Wrong number",
  "Escalated",
  "Sale",
  "No sale",
  "Complaint, first",
  "=Refund",
  "Spam",
  "Information given",
  "ININ-WRAP-UP-LOOKALIKE",
  '"quoted" outcome',
  "Línea caída 📵",
];
/** Wrap-up codes that are used in conversations and shown by no listing. */
const DELETED_CODES = 2;
const SKILL_NAMES = [
  "Billing",
  "Hardware",
  "Software",
  "Contracts",
  "Retention",
  "VIP",
  "a,b",
  "-none-",
  "עברית",
  "DE",
];
const LANGUAGE_NAMES = ["English - Written", "en-US", "de-DE", "fr-FR", "he-IL", "es-MX"];
const FLOWS: readonly (readonly [string, string])[] = [
  ["Main menu", "INBOUNDCALL"],
  ['Menu, after hours; "night"', "INBOUNDCALL"],
  ["Web chat entry", "INBOUNDCHAT"],
  ["Mail sorting", "INBOUNDEMAIL"],
  ["Messaging entry", "INBOUNDSHORTMESSAGE"],
  ["Waiting music", "INQUEUECALL"],
  ["{{bot}}", "DIGITALBOT"],
  ["Nightly workflow", "WORKFLOW"],
];

/** Makes the entities of the centre with this seed; the same seed gives the same ids and names. */
export function makeWorld(seed: number): World {
  const random = new Random(seed, "entities");
  const divisions = makeDivisions(random);
  const references = divisions.map(({ id, name }) => referTo("authorization/divisions", id, name));
  const users = makeUsers(random, references);
  const purgedUserIds = Array.from({ length: PURGED_USERS }, () => random.uuid());
  const userIds = [...users.map(({ id }) => id), ...purgedUserIds];
  const wrapUpCodes = CODE_NAMES.map((name) => makeWrapUpCode(random, name, references));
  const codeIds = [...wrapUpCodes.map(({ id }) => id), ...Array.from({ length: DELETED_CODES }, () => random.uuid())];
  const origins = makeQueueOrigins(random, references);
  const queues = origins.filter(({ listed }) => listed).map((origin) => listQueue(random, origin));
  const profiles = origins.map((origin) => profileQueue(random, origin, userIds, codeIds));
  const skills = SKILL_NAMES.map((name) => makeTag(random, name, "routing/skills"));
  const languages = LANGUAGE_NAMES.map((name) => makeTag(random, name, "routing/languages"));
  const flows = FLOWS.map(([name, type]) => makeFlow(random, name, type, references));
  const organizationId = random.uuid();
  return {
    organization: {
      id: organizationId,
      name: "Generated centre",
      domain: "generated-centre",
      defaultLanguage: "en-us",
    },
    divisions,
    queues,
    users,
    wrapUpCodes,
    skills,
    languages,
    flows,
    homeDivisionId: referenceAt(references, 0).id,
    queueChoice: new WeightedChoice(profiles.map((profile, index) => [profile, origins[index]?.weight ?? 0] as const)),
    queueProfiles: profiles,
    divisionOfUser: new Map(
      users.map((user, index) => [user.id, referenceAt(references, index % references.length).id]),
    ),
    userIds,
    skillIds: skills.map(({ id }) => id),
    languageIds: languages.map(({ id }) => id),
    flowProfiles: [
      ...flows.map(({ id, name }, index) => ({ id, name, type: FLOWS[index]?.[1] ?? "WORKFLOW" })),
      { id: random.uuid(), name: "Deleted menu", type: "INBOUNDCALL" },
    ],
    edgeIds: Array.from({ length: 4 }, () => random.uuid()),
    surveyForm: { id: random.uuid(), contextId: random.uuid(), name: "How did we do?" },
    evaluationForm: { id: random.uuid(), contextId: random.uuid(), name: "Quality, first half" },
  };
}

function referTo(collection: string, id: string, name: string): Reference {
  return { id, name, selfUri: `/api/v2/${collection}/${id}` };
}

function referenceAt(references: readonly Reference[], index: number): Reference {
  const reference = references[index];
  if (reference === undefined) throw new Error(`No division with the number ${index}`);
  return reference;
}

function makeDivisions(random: Random): Entity[] {
  return DIVISION_NAMES.map((name, index) => {
    const reference = referTo("authorization/divisions", random.uuid(), name);
    return { ...reference, description: index === 0 ? "Home division" : "", homeDivision: index === 0 };
  });
}

function makeUsers(random: Random, divisions: readonly Reference[]): Entity[] {
  return Array.from({ length: USER_COUNT }, (_, index) => {
    const reference = referTo("users", random.uuid(), nameOfUser(index));
    const email = `user.${index + 1}@example.test`;
    return {
      ...reference,
      division: divisions[index % divisions.length],
      chat: { jabberId: `${random.uuid()}@example.test` },
      email,
      primaryContactInfo: [{ address: email, mediaType: "EMAIL", type: "PRIMARY" }],
      addresses: [],
      state: stateOfUser(index),
      title: "Agent",
      username: email,
      version: 1 + (index % 40),
      acdAutoAnswer: index % 9 === 0,
    };
  });
}

/** Every tenth user has a name that must be carried with care. */
function nameOfUser(index: number): string {
  if (index % 10 === 7) return HOSTILE_PERSON_NAMES[Math.floor(index / 10) % HOSTILE_PERSON_NAMES.length] ?? "-";
  const given = GIVEN_NAMES[index % GIVEN_NAMES.length] ?? "";
  return `${given} ${FAMILY_NAMES[Math.floor(index / GIVEN_NAMES.length) % FAMILY_NAMES.length] ?? ""}`;
}

function stateOfUser(index: number): "active" | "inactive" | "deleted" {
  if (index >= USER_COUNT - DELETED_USERS) return "deleted";
  return index >= USER_COUNT - DELETED_USERS - INACTIVE_USERS ? "inactive" : "active";
}

function makeWrapUpCode(random: Random, name: string, divisions: readonly Reference[]): Entity {
  return {
    ...referTo("routing/wrapupcodes", random.uuid(), name),
    division: random.pick(divisions),
    dateCreated: CREATED_ON,
    dateModified: MODIFIED_ON,
    createdBy: random.uuid(),
  };
}

/** A queue before it becomes an entity for the listing and a profile for the stories. */
interface QueueOrigin {
  readonly id: string;
  readonly name: string;
  readonly division: Reference;
  readonly weight: number;
  readonly listed: boolean;
  readonly serviceLevelMs: Readonly<Record<QueueMedia, number>>;
}

function makeQueueOrigins(random: Random, divisions: readonly Reference[]): QueueOrigin[] {
  const hostile = HOSTILE_QUEUE_NAMES.map(
    (name, index) => [name, index % divisions.length, HOSTILE_QUEUE_WEIGHT] as const,
  );
  const deleted = ["Deleted queue", 0, DELETED_QUEUE_WEIGHT] as const;
  return [...PLAIN_QUEUES, ...hostile, deleted].map((row) => ({
    id: random.uuid(),
    name: row[0],
    division: referenceAt(divisions, row[1]),
    weight: row[2],
    listed: row !== deleted,
    serviceLevelMs: drawServiceLevels(random),
  }));
}

function listQueue(random: Random, origin: QueueOrigin): Entity {
  const owner = random.uuid();
  return {
    ...referTo("routing/queues", origin.id, origin.name),
    division: origin.division,
    dateCreated: CREATED_ON,
    dateModified: MODIFIED_ON,
    modifiedBy: owner,
    createdBy: owner,
    memberCount: AGENTS_OF_QUEUE,
    userMemberCount: AGENTS_OF_QUEUE,
    joinedMemberCount: AGENTS_OF_QUEUE,
    mediaSettings: mediaSettingsOf(origin.serviceLevelMs),
    routingRules: [{ operator: "ANY", waitSeconds: 10 }],
    scoringMethod: "TimestampAndPriority",
    acwSettings: { wrapupPrompt: "MANDATORY_TIMEOUT", timeoutMs: 120_000 },
    skillEvaluationMethod: "ALL",
    autoAnswerOnly: false,
    enableManualAssignment: false,
    suppressInQueueCallRecording: false,
  };
}

function profileQueue(
  random: Random,
  origin: QueueOrigin,
  userIds: readonly string[],
  codeIds: readonly string[],
): QueueProfile {
  return {
    id: origin.id,
    name: origin.name,
    divisionId: origin.division.id,
    agents: random.shuffle(userIds).slice(0, AGENTS_OF_QUEUE),
    wrapUpCodes: random.shuffle(codeIds).slice(0, CODES_OF_QUEUE),
    serviceLevelMs: origin.serviceLevelMs,
  };
}

function drawServiceLevels(random: Random): Record<QueueMedia, number> {
  const seconds = random.pick([15, 20, 30, 60]);
  return {
    voice: seconds * 1000,
    callback: 3_600_000,
    chat: seconds * 2000,
    email: 14_400_000,
    message: seconds * 10_000,
  };
}

function mediaSettingsOf(serviceLevelMs: Readonly<Record<QueueMedia, number>>): Record<string, unknown> {
  const setting = (media: QueueMedia, alertingTimeoutSeconds: number) => ({
    alertingTimeoutSeconds,
    serviceLevel: { percentage: 0.8, durationMs: serviceLevelMs[media] },
  });
  return {
    call: setting("voice", 15),
    callback: { ...setting("callback", 30), mode: "AgentFirst", enableAutoDialAndEnd: false },
    chat: setting("chat", 30),
    email: setting("email", 300),
    message: { ...setting("message", 30), subTypeSettings: { webmessaging: { enableAutoAnswer: false } } },
  };
}

function makeTag(random: Random, name: string, collection: string): Entity {
  return { ...referTo(collection, random.uuid(), name), dateModified: MODIFIED_ON, state: "active", version: "1" };
}

function makeFlow(random: Random, name: string, type: string, divisions: readonly Reference[]): Entity {
  return {
    ...referTo("flows", random.uuid(), name),
    division: random.pick(divisions),
    description: "",
    type,
    active: true,
    system: false,
    deleted: false,
  };
}
