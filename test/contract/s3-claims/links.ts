// Claims about presigned links: one object, one method, one span of time, and nothing else.

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Claim } from "../s3-server.ts";
import { ask, askRaw, type World } from "./world.ts";

const hour = 3_600_000;

export const linkClaims: readonly Claim[] = [
  { name: "a link as signed", amazon: "200", observe: (world) => askChanged(world, (link) => link) },
  {
    name: "a link with one digit of the signature changed",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) =>
      askChanged(world, (link) =>
        link.replace(
          /(X-Amz-Signature=)(.)/,
          (_whole, name: string, digit: string) => name + (digit === "0" ? "1" : "0"),
        ),
      ),
  },
  {
    name: "a link with the signature cut short",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link.replace(/(X-Amz-Signature=[0-9a-f]{63})./, "$1")),
  },
  {
    name: "a link with an empty signature",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link.replace(/X-Amz-Signature=[0-9a-f]+/, "X-Amz-Signature=")),
  },
  {
    name: "a link to another key",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link.replace("/a.csv?", "/b.csv?")),
  },
  {
    name: "a link with a longer life",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link.replace("X-Amz-Expires=60", "X-Amz-Expires=86400")),
  },
  {
    name: "a link with a later date",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) =>
      askChanged(world, (link) =>
        link.replace(
          /(X-Amz-Date=\d{8}T\d{4})(\d\d)/,
          (_whole, head: string, second: string) => head + (second === "00" ? "01" : "00"),
        ),
      ),
  },
  {
    name: "a link with a parameter added",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => `${link}&response-content-type=text/html`),
  },
  {
    name: "a link with a parameter removed",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link.replace(/&x-id=GetObject/, "")),
  },
  {
    name: "a link for PUT made of a GET link",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link, { method: "PUT", body: "x" }),
  },
  {
    name: "a link for DELETE made of a GET link",
    amazon: "403 SignatureDoesNotMatch",
    observe: (world) => askChanged(world, (link) => link, { method: "DELETE" }),
  },
  {
    name: "a GET link asked with HEAD",
    amazon: "403",
    observe: (world) => askChanged(world, (link) => link, { method: "HEAD" }),
  },
  {
    name: "a link without its signature",
    amazon: "400 AuthorizationQueryParametersError",
    observe: (world) => askChanged(world, (link) => link.replace(/&?X-Amz-Signature=[0-9a-f]+/, "")),
  },
  {
    name: "a link and an Authorization header together",
    amazon: "400 InvalidArgument",
    observe: (world) =>
      askChanged(world, (link) => link, { headers: { authorization: "AWS4-HMAC-SHA256 Credential=x" } }),
  },
  {
    name: "a link with the lifetime named twice",
    amazon: "400 AuthorizationQueryParametersError",
    observe: (world) => askChanged(world, (link) => `${link}&X-Amz-Expires=86400`),
  },
  {
    name: "a link that ended",
    amazon: "403 AccessDenied",
    observe: async (world) => ask(await linkTo(world, { lifetimeSeconds: 60, signedAt: new Date(Date.now() - hour) })),
  },
  {
    name: "a link signed an hour ago that lives two",
    amazon: "200",
    observe: async (world) =>
      ask(await linkTo(world, { lifetimeSeconds: 7200, signedAt: new Date(Date.now() - hour) })),
  },
  {
    name: "a link dated an hour ahead",
    amazon: "403 AccessDenied",
    observe: async (world) => ask(await linkTo(world, { lifetimeSeconds: 60, signedAt: new Date(Date.now() + hour) })),
  },
  {
    name: "a link longer than a week",
    amazon: "400 AuthorizationQueryParametersError",
    observe: (world) => askChanged(world, (link) => link.replace("X-Amz-Expires=60", "X-Amz-Expires=604801")),
  },
  {
    name: "a link of negative life",
    amazon: "400 AuthorizationQueryParametersError",
    observe: (world) => askChanged(world, (link) => link.replace("X-Amz-Expires=60", "X-Amz-Expires=-1")),
  },
  {
    name: "a link for another region",
    amazon: "400 AuthorizationQueryParametersError",
    async observe(world) {
      const { Bucket } = await twoObjects(world);
      return await ask(
        await getSignedUrl(world.client({ region: "ap-southeast-2" }), new GetObjectCommand({ Bucket, Key: "a.csv" }), {
          expiresIn: 60,
        }),
      );
    },
  },
  {
    name: "a link to another key through dots",
    amazon: "403 SignatureDoesNotMatch",
    async observe(world) {
      const { Bucket, link } = await twoObjects(world);
      const { search, host } = new URL(link);
      return await askRaw(world.server.endpoint, "GET", `/${Bucket}/a.csv/../b.csv${search}`, { host });
    },
  },
  {
    name: "a link asked under another host name",
    amazon: "403 SignatureDoesNotMatch",
    async observe(world) {
      const { link } = await twoObjects(world);
      const { pathname, search } = new URL(link);
      return await askRaw(world.server.endpoint, "GET", pathname + search, { host: "reports.example.com" });
    },
  },
  {
    name: "a signed disposition and type are honoured",
    amazon: '200 attachment; filename="report.csv" text/csv; charset=utf-8',
    async observe(world) {
      const { Bucket } = await twoObjects(world);
      const command = new GetObjectCommand({
        Bucket,
        Key: "a.csv",
        ResponseContentDisposition: 'attachment; filename="report.csv"',
        ResponseContentType: "text/csv; charset=utf-8",
      });
      const answer = await fetch(await getSignedUrl(world.owner, command, { expiresIn: 60 }));
      await answer.text();
      return `${answer.status} ${answer.headers.get("content-disposition")} ${answer.headers.get("content-type")}`;
    },
  },
  {
    name: "a ranged GET of a link",
    amazon: "206",
    observe: (world) => askChanged(world, (link) => link, { headers: { range: "bytes=0-0" } }),
  },
  {
    name: "a PUT link writes, and reads nothing",
    amazon: "200, 403 SignatureDoesNotMatch",
    async observe(world) {
      const { Bucket } = await twoObjects(world);
      const modest = world.client({ requestChecksumCalculation: "WHEN_REQUIRED" });
      const link = await getSignedUrl(modest, new PutObjectCommand({ Bucket, Key: "new" }), { expiresIn: 60 });
      return `${await ask(link, { method: "PUT", body: "x" })}, ${await ask(link)}`;
    },
  },
];

async function twoObjects(world: World): Promise<{ Bucket: string; link: string }> {
  const Bucket = await world.bucket();
  await world.put(Bucket, "a.csv", "mine");
  await world.put(Bucket, "b.csv", "other");
  return { Bucket, link: await world.link(Bucket, "a.csv") };
}

async function askChanged(world: World, change: (link: string) => string, init: RequestInit = {}): Promise<string> {
  const { link } = await twoObjects(world);
  return await ask(change(link), init);
}

async function linkTo(world: World, options: { lifetimeSeconds: number; signedAt: Date }): Promise<string> {
  const { Bucket } = await twoObjects(world);
  return await world.link(Bucket, "a.csv", options);
}
