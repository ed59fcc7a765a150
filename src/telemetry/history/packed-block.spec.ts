import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredReading } from '../history.port.js';
import { packBlock, unpackBlock } from './packed-block.js';

const T = Date.UTC(2026, 0, 5, 12);

const json = fc.jsonValue({ noUnicodeString: false }).map((v) => JSON.parse(JSON.stringify(v)) as unknown);
const number = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1000),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.parse(JSON.stringify(n)) as number),
);
const values = fc.dictionary(
  fc.oneof(fc.constantFrom('door', 'floor', 'speedMps', 'channels', '__proto__', 'flags'), fc.string()),
  fc.oneof(
    number,
    fc.boolean(),
    fc.constantFrom('open', 'closed', 'o{}', '{}', '1'),
    json,
    fc.dictionary(fc.string(), fc.oneof(number, fc.boolean())),
  ),
);
const time = fc.integer({ min: -3_600_000, max: 3_600_000 });
const reading: fc.Arbitrary<StoredReading> = fc
  .tuple(time, time, time, fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER })), values)
  .map(([at, observed, received, seq, v]) => ({
    at: T + at,
    observedAt: T + at + observed,
    receivedAt: T + at + received,
    ...(seq === null ? {} : { seq }),
    values: JSON.parse(JSON.stringify(v)) as Record<string, unknown>,
  }));

describe('a packed block', () => {
  it('gives back exactly what was put into it', () => {
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 40 }), (readings) => {
        const found = unpackBlock(packBlock(readings), readings.length);
        expect(found).toStrictEqual(readings);
        // Also the order of keys, which equality overlooks.
        expect(JSON.stringify(found.map((r) => r.values))).toBe(JSON.stringify(readings.map((r) => r.values)));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back columns of numbers and of few values exactly, however long they are', () => {
    const column = fc.oneof(fc.array(number), fc.array(fc.constantFrom(true, false, 'open', null, '', '[]', [])));
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 3 }), (columns) => {
        const length = Math.max(1, ...columns.map((c) => c.length));
        const readings = Array.from({ length }, (_, i) => ({
          ...{ at: T + i * 1000, observedAt: T + i * 1000, receivedAt: T + i * 1000 + (i % 7), seq: i },
          values: Object.fromEntries(columns.flatMap((c, n) => (i < c.length ? [[`f${n}`, c[i]]] : []))),
        }));
        expect(unpackBlock(packBlock(readings), length)).toStrictEqual(readings);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a value that stays the same once: 500 readings of a standing lift take less than 2 bytes each', () => {
    const readings = Array.from({ length: 500 }, (_, i) => ({
      ...{ at: T + i * 5000, observedAt: T + i * 5000, receivedAt: T + i * 5000 + 20, seq: i },
      values: { mode: 'normal', floor: 1, doorZone: true, door: 'closed', peopleInCar: false, loadKg: 0 },
    }));
    expect(packBlock(readings).length).toBeLessThan(1000);
  });

  it('does not take a block of another program for one of its own', () => {
    expect(() => unpackBlock(Buffer.from('nonsense'), 1)).toThrow();
    expect(() => unpackBlock(packBlock([{ at: T, observedAt: T, receivedAt: T, values: {} }]), 1, 9)).toThrow(/\(9\)/);
  });
});
