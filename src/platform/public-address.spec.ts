import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from './public-address.js';

describe('an address outside', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2400:3200::1'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['its own machine', '127.0.0.1', '127.255.0.9', '0.0.0.0', '::1', '::'],
    ['a private network', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.255'],
    ['link-local, the cloud’s metadata among it', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ['unique-local', 'fc00::1', 'fd00:ec2::254'],
    ['IPv4 in IPv6 clothes', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::a00:1', '2002:7f00:1::', '::127.0.0.1'],
    ['a group or reserved', '224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1', '2001:db8::1', '198.51.100.7'],
    ['no address', '', 'localhost', '1.2.3', '0x7f000001', '1.2.3.4 ', '[::1]'],
  ])('%s is none', (_, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it('is never an IPv4 address mapped into IPv6, whichever', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => !isPublicAddress(`::ffff:${address}`)));
  });

  it('can be asked of any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => typeof isPublicAddress(text) === 'boolean'));
  });
});
