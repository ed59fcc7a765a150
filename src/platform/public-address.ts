import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses that do not lead to the world outside (RFC 6890): own machine, own network, cloud metadata, reserved. */
const INSIDE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv4');
/** Global unicast; what is left of it below is documentation, tunnels and translations to IPv4. */
const OUTSIDE6 = new BlockList();
OUTSIDE6.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv6');

/**
 * False for what is no address at all.
 * @param address IPv4 or IPv6 in any spelling; an IPv4 address in IPv6 clothes (mapped, translated) counts as inside
 */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) exists only on the own network.
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (!isIPv6(address)) return !INSIDE.check(address, 'ipv4');
  return OUTSIDE6.check(address, 'ipv6') && !INSIDE.check(address, 'ipv6');
}
