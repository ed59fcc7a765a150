import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { readEstateFile } from './read-estate-file.js';

const name = { zh: '名', en: 'name' };
const bridge = (id: string, dialect: string, prefix: string, more: object = {}) => ({
  id,
  name,
  dialect,
  prefix,
  ...more,
});
const leak = (id: string, attributes: object) => ({
  ...{ id, name, kind: 'pipe-sensor', building: 'b1' },
  attributes: { expectedIntervalS: 60, ...attributes },
});

function mistakes(bridges: object[], devices: object[]): string[] {
  const text = stringify({
    ...{ version: 1, organisation: { id: 'o', name }, region: { id: 'r', name }, estate: { id: 'e', name } },
    ...{
      buildings: [{ id: 'b1', name, floors: '1-3' }],
      zones: [{ id: 'z', name, buildings: ['b1'] }],
      bridges,
      devices,
    },
  });
  expect(parse(text)).toBeTruthy();
  const read = readEstateFile(text);
  return read.ok ? [] : read.error.map((m) => m.message);
}
const LORA = bridge('lora', 'chirpstack', 'application/a1/');
const EUI = '24e124136b502217';

describe('bridges in an estate file', () => {
  it('are good with a prefix, a dialect, and devices that name them', () => {
    expect(mistakes([LORA], [leak('d1', { via: 'lora', foreignId: EUI, profile: 'x' })])).toEqual([]);
  });

  it.each<[string, object[], object[], string]>([
    ['no such bridge', [], [leak('d1', { via: 'lora', foreignId: EUI })], 'there is no bridge "lora"'],
    ['no name there', [LORA], [leak('d1', { via: 'lora' })], 'needs a "foreignId"'],
    ['a name without a bridge', [LORA], [leak('d1', { foreignId: EUI })], 'no bridge ("via")'],
    ['a DevEUI that is none', [LORA], [leak('d1', { via: 'lora', foreignId: EUI.toUpperCase() })], 'small letters'],
    [
      'two devices of one name',
      [LORA],
      [leak('d1', { via: 'lora', foreignId: EUI }), leak('d2', { via: 'lora', foreignId: EUI })],
      'the device "d1" has the same name',
    ],
    ['a device with its id', [LORA], [leak('lora', {})], 'a device has the id "lora"'],
    [
      'prefixes that overlap',
      [LORA, bridge('l2', 'chirpstack', 'application/')],
      [],
      'overlaps with that of the bridge "lora"',
    ],
    ['a prefix without the root', [bridge('l', 'sparkplug-b', 'plc/')], [], 'begin with "spBv1.0/"'],
    ["a device's own topics", [bridge('l', 'wmbusmeters', 'steward/v1/')], [], 'belong to devices'],
    ['a wildcard', [bridge('l', 'wmbusmeters', 'a/+/')], [], 'must be levels that end in "/"'],
    ['everything', [bridge('l', 'wmbusmeters', '')], [], 'must be levels that end in "/"'],
    ['a profile dialect without a profile', [bridge('l', 'profile', 'a/')], [], 'needs a "profile"'],
    ['an unknown dialect', [bridge('l', 'x', 'a/')], [], 'dialect'],
  ])('%s is told', (_, bridges, devices, sentence) => {
    expect(mistakes(bridges, devices).join('\n')).toContain(sentence);
  });
});
