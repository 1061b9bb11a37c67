import { describe, expect, test } from "vitest";
import { guardLookup, isPrivateAddress } from "./private-addresses.ts";

describe("isPrivateAddress()", () => {
  test.each(
    "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.168.1.1 198.18.0.1 198.19.255.255 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:10.0.0.1 fc00::1 fd00:ec2::254 fe80::1 ff02::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: localhost 127.1".split(
      " ",
    ),
  )("%s must not be reached", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  test.each(
    "1.1.1.1 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 172.15.0.1 172.32.0.1 192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:4700::1111 2001:db8::1 64:ff9c::1 2003::1 ::ffff:1.1.1.1".split(
      " ",
    ),
  )("%s may be reached", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe("guardLookup()", () => {
  type Addresses = readonly { readonly address: string; readonly family: number }[];
  const lookUp = async (addresses: Addresses, all: boolean): Promise<unknown> =>
    await new Promise((resolve) => {
      // The overloads of the real one cannot all be fulfilled: the guard asks for all addresses, always.
      const answering = ((_name: string, _options: object, callback: (error: null, found: Addresses) => void) =>
        callback(null, addresses)) as unknown as Parameters<typeof guardLookup>[0];
      guardLookup(answering)("a.example", { all }, (error, ...found) =>
        resolve(error === null ? found : error.message),
      );
    });
  const outward = { address: "1.1.1.1", family: 4 };

  test("passes public addresses on, in the form that was asked for", async () => {
    expect(await lookUp([outward], false)).toEqual(["1.1.1.1", 4]);
    expect(await lookUp([outward], true)).toEqual([[outward]]);
  });

  test("refuses a name when one of its addresses is private, or it has none", async () => {
    expect(await lookUp([outward, { address: "169.254.169.254", family: 4 }], true)).toContain("private");
    expect(await lookUp([], true)).toContain("private");
  });
});
