/**
 * Addresses that a webhook must not lead to: this machine, its network, and the metadata services of clouds. Names are
 * looked up when the connection is opened, and every address that comes is looked at: a name that led outwards when the
 * configuration was read may lead inwards now.
 */
import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const V4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4";
/** The last two carry IPv4 addresses within; fc00::/7 holds the metadata address of a cloud. */
const V6 = "::/96 fc00::/7 fe80::/10 ff00::/8 64:ff9b::/96 2002::/16";

const PRIVATE = new BlockList();
for (const range of V4.split(" ")) addRange(range, "ipv4");
for (const range of V6.split(" ")) addRange(range, "ipv6");

/** Whether an address is one of them; what is no address is treated as one. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  // IPv4 within IPv6 (::ffff:127.0.0.1) is matched by the IPv4 ranges.
  return family === 0 || PRIVATE.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** The code of the error that a guarded look-up ends with. */
export const PRIVATE_ADDRESS = "PRIVATE_ADDRESS";

/** Looks a name up as `lookup` does, and fails when any of its addresses is private. */
export function guardLookup(lookup: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address)))
        return callback(Object.assign(new Error("The name leads to a private address"), { code: PRIVATE_ADDRESS }), "");
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function addRange(range: string, family: "ipv4" | "ipv6"): void {
  const [net = "", bits] = range.split("/");
  PRIVATE.addSubnet(net, Number(bits), family);
}
