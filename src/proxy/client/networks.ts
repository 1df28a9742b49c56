import { BlockList, isIP } from "node:net";

/** A set of networks. */
export interface Networks {
  has(address: string): boolean;
}

/** No network at all. */
export const NO_NETWORKS: Networks = { has: () => false };

/**
 * Networks in CIDR notation, or single addresses.
 *
 * @throws {RangeError} naming the one that is none
 */
export function networksOf(all: readonly string[]): Networks {
  if (all.length === 0) return NO_NETWORKS;
  const list = new BlockList();
  for (const text of all) {
    const [address = "", bits] = text.split("/", 2);
    const family = familyOf(address);
    const most = family === "ipv4" ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (!family || !(prefix <= most)) {
      throw new RangeError(`${text} is no network; write it like 10.0.0.0/8 or 2001:db8::/32`);
    }
    list.addSubnet(address, prefix, family);
  }
  return {
    has(address) {
      const family = familyOf(address);
      return family !== undefined && list.check(address, family);
    },
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 4 ? "ipv4" : version === 6 ? "ipv6" : undefined;
}
