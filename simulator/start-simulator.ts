/**
 * The simulator as people start it: a call log, a generated centre or both go in; a running Genesys Cloud, if wanted an
 * object store beside it, and the lines for a `.env` file come out. `callsheet simulate` and the demo are thin over it.
 */
import { readCallLog } from "./conversations/call-log.ts";
import type { Centre } from "./conversations/centre.ts";
import { type GenerateOptions, generateCentre } from "./conversations/generate-centre.ts";
import { mergeCentres } from "./conversations/merge-centres.ts";
import { stableId } from "./conversations/stable-id.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "./create-simulator.ts";
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from "./object-store/create-object-store.ts";

/** Which conversations, and what is started. */
export interface StartOptions extends Omit<SimulatorOptions, "centre"> {
  /** A call log in the format of `data/README.md`, gzip or plain. */
  readonly callsFile?: string;
  /** Conversations made from a seed; with a call log as well, both are in one centre. */
  readonly generate?: GenerateOptions;
  /** Port of the API; login and object store take the next two. Default: free ports. */
  readonly port?: number;
  /** Whether an object store is started too, or how. Default false. */
  readonly objectStore?: boolean | ObjectStoreOptions;
  /** The bucket that the object store begins with. Default `genesys-analytics-reports`. */
  readonly bucket?: string;
}

/** Everything that was started. */
export interface StartedSimulator {
  readonly centre: Centre;
  readonly simulator: Simulator;
  readonly objectStore: ObjectStore | undefined;
  /** Undefined without an object store. */
  readonly bucket: string | undefined;
  /** `NAME=value` lines to paste into `.env`, so that callsheet talks to the simulator. */
  readonly envLines: readonly string[];
  /** The same as names and values. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts everything on 127.0.0.1.
 *
 * @throws Error when there is neither a call log nor a generated centre, a log cannot be read, or a port is taken
 */
export async function startSimulator(options: StartOptions): Promise<StartedSimulator> {
  const { callsFile, generate, objectStore: wanted = false, bucket = "genesys-analytics-reports", ...rest } = options;
  const centre = await centreOf(callsFile, generate);
  const simulator = await createSimulator({ ...rest, centre });
  try {
    const objectStore = wanted === false ? undefined : await startStore(wanted, bucket, options.port);
    const env = { ...simulatorEnv(simulator), ...(objectStore === undefined ? {} : storeEnv(objectStore)) };
    return {
      centre,
      simulator,
      objectStore,
      bucket: objectStore && bucket,
      envLines: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      env,
      async close() {
        await Promise.all([simulator.close(), objectStore?.close()]);
      },
    };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

async function centreOf(callsFile: string | undefined, generate: GenerateOptions | undefined): Promise<Centre> {
  const generated = generate && generateCentre(generate);
  if (callsFile === undefined) {
    if (generated !== undefined) return generated;
    throw new Error("A simulator needs conversations: name a call log, or say how many to generate");
  }
  const logged = await readCallLog(callsFile);
  return generated === undefined ? logged : mergeCentres(logged, generated);
}

function startStore(wanted: true | ObjectStoreOptions, bucket: string, port: number | undefined): Promise<ObjectStore> {
  // The keys are no secret: they open a store on loopback that ends with the process. Being the same each time, they
  // keep a saved `.env` right.
  const credentials = { accessKeyId: "CALLSHEETSIMULATOR", secretAccessKey: stableId("object store") };
  const places = port === undefined ? {} : { port: port + 2 };
  return createObjectStore({ buckets: [bucket], credentials, ...places, ...(wanted === true ? {} : wanted) });
}

function simulatorEnv(simulator: Simulator): Record<string, string> {
  return {
    GENESYSCLOUD_OAUTHCLIENT_ID: simulator.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: simulator.clientSecret,
    CALLSHEET_GENESYS_LOGIN_URL: simulator.loginUrl,
    CALLSHEET_GENESYS_API_URL: simulator.apiUrl,
  };
}

function storeEnv(store: ObjectStore): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_REGION: store.region,
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_ENDPOINT_URL_STS: store.url,
    AWS_ENDPOINT_URL_S3_CONTROL: store.url,
  };
}
