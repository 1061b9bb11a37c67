import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { parseListen } from "./parse-listen.ts";

test("parseListen() reads host and port, and means this machine without a host", () => {
  expect(
    ["127.0.0.1:9464", ":9464", "0.0.0.0:0", "[::1]:80", "watch.internal:9464"].map((text) => parseListen(text, "x")),
  ).toEqual([
    { host: "127.0.0.1", port: 9464 },
    { host: "127.0.0.1", port: 9464 },
    { host: "0.0.0.0", port: 0 },
    { host: "::1", port: 80 },
    { host: "watch.internal", port: 9464 },
  ]);
});

test.each(["9464", "http://127.0.0.1:9464", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a b:1"])(
  'parseListen() refuses "%s"',
  (text) => {
    expect(() => parseListen(text, "serve.listen")).toThrow(ReportError);
  },
);
