import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEVICE_KINDS, type DeviceKind } from '../estate/device.js';
import { decodeNative, MAX_PAYLOAD_BYTES } from './decode-native.js';

const AT = '2026-01-05T10:00:00.000Z';
const decode = (kind: DeviceKind, json: unknown) => decodeNative(kind, Buffer.from(JSON.stringify(json)));
const refusal = (kind: DeviceKind, json: unknown): string => {
  const r = decode(kind, json);
  return r.ok ? 'accepted' : `${r.error.reason}: ${r.error.detail}`;
};

describe('a native payload', () => {
  it('is one reading, its values as sent, its time in milliseconds', () => {
    expect(decode('elevator', { observedAt: AT, seq: 7, doorZone: false, speedMps: -1.5 })).toEqual({
      ok: true,
      value: [{ observedAt: Date.parse(AT), seq: 7, values: { doorZone: false, speedMps: -1.5 } }],
    });
  });

  it('or an array of them, in its order', () => {
    const two = [
      { observedAt: AT, volumeM3: 1 },
      { observedAt: '2026-01-05T18:05:00+08:00', volumeM3: 2 },
    ];
    const r = decode('water-meter', two);
    expect(r.ok && r.value.map((x) => [x.observedAt, x.values])).toEqual([
      [Date.parse(AT), { volumeM3: 1 }],
      [Date.parse(AT) + 300_000, { volumeM3: 2 }],
    ]);
  });

  it('a field that is not told is not there: nothing is filled in', () => {
    const r = decode('elevator', { observedAt: AT, door: 'open' });
    expect(r.ok && Object.keys(r.value[0]?.values ?? {})).toEqual(['door']);
  });

  it('leaves out fields that this kind does not have', () => {
    const r = decode('gate', { observedAt: AT, position: 'open', firmware: 'x' });
    expect(r.ok && r.value[0]?.values).toEqual({ position: 'open' });
  });

  it.each<[string, DeviceKind, unknown, RegExp]>([
    ['a wrong type', 'water-meter', { observedAt: AT, volumeM3: '12' }, /^invalid-reading: volumeM3: .*number/],
    ['a number out of bounds', 'elevator', { observedAt: AT, speedMps: 400 }, /^invalid-reading: speedMps/],
    ['an unknown word', 'elevator', { observedAt: AT, door: 'ajar' }, /^invalid-reading: door/],
    ['no time', 'elevator', { door: 'open' }, /^invalid-reading: observedAt/],
    ['a time without a zone', 'elevator', { observedAt: '2026-01-05T10:00:00', door: 'open' }, /observedAt/],
    ['a day that does not exist', 'elevator', { observedAt: '2026-02-30T10:00:00Z', door: 'open' }, /observedAt/],
    ['a fraction as number', 'elevator', { observedAt: AT, seq: 1.5, door: 'open' }, /seq/],
    ['nothing but a time', 'elevator', { observedAt: AT }, /no value that this kind of device has/],
    ['only foreign fields', 'gate', { observedAt: AT, volumeM3: 3 }, /no value that this kind of device has/],
    ['no object', 'elevator', 'open', /^invalid-reading/],
    ['null', 'elevator', null, /^invalid-reading/],
    ['an empty array', 'elevator', [], /an empty array/],
    ['a code with a NUL', 'elevator', { observedAt: AT, faultCode: 'a\u0000b' }, /control characters/],
    ['one bad element', 'gate', [{ observedAt: AT, position: 'open' }, { observedAt: AT }], /^invalid-reading: \[1\]/],
  ])('law 9: refuses %s and names it', (_, kind, json, reason) => {
    expect(refusal(kind, json)).toMatch(reason);
  });

  it.each(['', '{', 'NaN', '{"observedAt":', '\u0000'])('law 9: refuses what is no JSON: %j', (text) => {
    expect(decodeNative('elevator', Buffer.from(text))).toMatchObject({ error: { reason: 'malformed-json' } });
  });

  it('law 9: refuses what is too large, in bytes or in readings', () => {
    const reading = { observedAt: AT, wet: true };
    expect(decodeNative('pipe-sensor', Buffer.alloc(MAX_PAYLOAD_BYTES + 1, 32))).toMatchObject({
      error: { reason: 'too-large' },
    });
    expect(refusal('pipe-sensor', Array(1001).fill(reading))).toMatch(/^too-large: 1001 readings/);
    expect(refusal('pipe-sensor', Array(1000).fill(reading))).toBe('accepted');
  });
});

describe('whatever bytes come', () => {
  const kind = fc.constantFrom(...DEVICE_KINDS);
  const numbers = (v: unknown): number[] =>
    typeof v === 'number' ? [v] : v && typeof v === 'object' ? Object.values(v).flatMap(numbers) : [];
  const check = (k: DeviceKind, payload: Buffer): void => {
    const r = decodeNative(k, payload);
    if (!r.ok) {
      expect(r.error.detail.length).toBeGreaterThan(0);
      return;
    }
    expect(r.value.length).toBeGreaterThan(0);
    for (const { observedAt, seq, values } of r.value) {
      // Times that JavaScript and PostgreSQL both can hold.
      expect(Math.abs(observedAt)).toBeLessThanOrEqual(8.64e15);
      if (seq !== undefined) expect(Number.isSafeInteger(seq) && seq >= 0).toBe(true);
      for (const n of numbers(values)) expect(Number.isFinite(n)).toBe(true);
      if (k !== 'generic') for (const n of numbers(values)) expect(Math.abs(n)).toBeLessThanOrEqual(1e8);
      // As PostgreSQL's jsonb will have to take it: no NUL, and the same after a round trip.
      expect(JSON.stringify(values)).not.toContain('\\u0000');
      expect(JSON.parse(JSON.stringify(values))).toEqual(values);
    }
  };

  it('never throws on raw bytes', () => {
    fc.assert(fc.property(kind, fc.uint8Array({ maxLength: 300 }), (k, bytes) => check(k, Buffer.from(bytes))));
  });

  it('never throws on any JSON, and what it accepts is finite and in bounds', () => {
    fc.assert(fc.property(kind, fc.json(), (k, json) => check(k, Buffer.from(json))));
  });

  it('the same on what looks like a reading', () => {
    const field = fc.constantFrom(
      ...['mode', 'floor', 'speedMps', 'loadKg', 'door', 'doorZone', 'volumeM3', 'flowLph', 'flags', 'wet', 'levelPct'],
      ...['position', 'access', 'channels', 'seq', 'faultCode', 'accessReason', 'peopleCount', '__proto__'],
    );
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('open', 'normal', 'granted', 'duress', 'closed'),
      fc.string(),
      fc.array(fc.constantFrom('leak', 'burst', 'x')),
      fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.boolean())),
    );
    const time = fc.oneof(
      fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
      fc.constantFrom(AT, '0000-01-01T00:00:00Z', '9999-12-31T23:59:59+14:00', 'now'),
    );
    const reading = fc.tuple(time, fc.array(fc.tuple(field, value), { maxLength: 6 })).map(([observedAt, fields]) => ({
      ...Object.fromEntries(fields),
      observedAt,
    }));
    fc.assert(
      fc.property(kind, fc.oneof(reading, fc.array(reading, { maxLength: 4 })), (k, json) =>
        check(k, Buffer.from(JSON.stringify(json))),
      ),
      { numRuns: 500 },
    );
  });
});
