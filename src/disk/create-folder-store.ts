/**
 * A folder whose files have links, as a store of objects: what a bucket does for its objects, `callsheet serve` does for
 * these files, at a public base. Links are signed with a key of our own, so that they are tried here like those of S3.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { DeliveryFolder } from "../deliver/delivery-folder.ts";
import type { BucketFact, BucketTold, LinkTerms, ObjectHead, ObjectStore } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";
import { signTarget } from "../support/signed-target.ts";
import { onDisk } from "./on-disk.ts";

/** What the links of a folder are made of. */
export interface FolderLinks {
  /** The path of the folder. */
  readonly path: string;
  /** The address at which `serve` is reached, without a slash at its end. */
  readonly base: string;
  readonly secret: string;
  /** How such links are written. */
  readonly terms: LinkTerms;
  /** Tells keys apart without telling them. */
  readonly keyId: string;
  readonly now: () => number;
  /** As the port says it; throws `delivery.unreachable` when no answer comes. */
  readonly probe: ObjectStore["probe"];
}

const UNSEEN = "a folder is as encrypted as its disk, which callsheet cannot see";

/** A file that is never there: its link is refused or not found, and tells who answers at the base. */
const NOBODYS_KEY = ".canary/nobody";

/** The life of a link that is only tried. */
const TRIAL_SECONDS = 60;

/** Makes it over the folder, which goes on writing the files. */
export function createFolderStore(folder: DeliveryFolder, links: FolderLinks): ObjectStore {
  const { path, base, secret, terms, now, probe } = links;

  function urlOf(key: string, startedAt: number, seconds: number): { url: string; expiresAt: number } {
    const endSeconds = Math.floor(startedAt / 1000) + seconds;
    return { url: base + signTarget(secret, `/files/${folder.name}/${key}`, endSeconds), expiresAt: endSeconds * 1000 };
  }

  return {
    links: { ...terms, withoutEncryption: UNSEEN },
    async put(key, body, { sha256 }) {
      const { isNew } = await folder.put(key, body, sha256);
      return { isNew };
    },
    find: async (key) => await findFile(join(path, key)),
    delete: async (key) => await folder.remove(key),
    credentialsEnd: () => Promise.resolve({ kind: "never" }),
    now,
    presign: (key, seconds, _downloadName, secondsAgo = 0) =>
      Promise.resolve(urlOf(key, now() - secondsAgo * 1000, seconds)),
    probe,
    async bucketFacts() {
      const { url } = urlOf(NOBODYS_KEY, now(), TRIAL_SECONDS);
      const unsigned = await probe(url.slice(0, url.indexOf("?")));
      // What is not ours would answer that there is no such page.
      if (unsigned.status !== 403) throw elsewhere(base, unsigned.status);
      return factsOf((await probe(url)).status, links);
    },
    objectGrants: () => Promise.resolve(inapplicable("V08", "a folder's own rights are its owner's to give")),
  };
}

async function findFile(path: string): Promise<ObjectHead | undefined> {
  return await onDisk(path, async () => {
    const stat = await lstat(path).catch(noSuchFile);
    if (!stat?.isFile()) return undefined;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return { bytes: stat.size, sha256: hash.digest("hex"), isOwnChecksum: true };
  });
}

/** Of the questions about a bucket a folder has few; the base must lead to a `serve` that has this key. */
function factsOf(status: number, { base, keyId }: FolderLinks): BucketTold {
  const { host } = new URL(base);
  const answers = status === 404;
  return {
    facts: [
      { id: "V01", result: "pass", fact: `signed with linkKey ${keyId}`, call: "configuration" },
      {
        id: "V03",
        result: answers ? "pass" : "fail",
        fact: answers
          ? `${host} answers for this folder`
          : `${host} answers ${status} to what is signed with our linkKey: the serve there has another key, or no such folder`,
        call: "GET of a link to no file",
      },
      inapplicable("V04", "a folder has no public access to block"),
      inapplicable("V05", "a folder has no account"),
      inapplicable("V06", "a folder has no policy"),
      inapplicable("V07", "a folder has no access lists for the public"),
      inapplicable("V08", "a folder has no access lists for the public"),
      inapplicable("V09", "serve shows no listing, and lets no other site read"),
      inapplicable("V10", UNSEEN),
      inapplicable("V11", "there is no policy; who speaks plain HTTP to the base is its proxy's matter"),
      inapplicable("V12", "a folder removes nothing by itself; callsheet prune goes by retention.objects"),
    ],
  };
}

function inapplicable(id: BucketFact["id"], fact: string): BucketFact {
  return { id, result: "inapplicable", fact, call: "none" };
}

function elsewhere(base: string, status: number): ReportError {
  return new ReportError(
    "delivery.unreachable",
    `${new URL(base).host} answers ${status} where serve should open links`,
    {
      hint: "Let what stands at `links:` lead to `callsheet serve --listen`, with the path unchanged behind the base.",
    },
  );
}

function noSuchFile(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return;
  throw error;
}
