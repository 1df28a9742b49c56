/**
 * What a client is counted by: its IPv4 address, or the network of 64 bits that its IPv6 address is in, since whoever has one such address
 * has 2^64 of them (RFC 6177).
 *
 * @param address as the system writes it (RFC 5952)
 */
export function clientKey(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right] = address.split("::", 2);
  const first = left === "" ? [] : left.split(":");
  if (right !== undefined) {
    const last = right === "" ? [] : right.split(":");
    while (first.length + last.length < 8) first.push("0");
    first.push(...last);
  }
  return first.slice(0, 4).join(":");
}
