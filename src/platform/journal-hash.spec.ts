import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, journalHash, type JournalRecord } from './journal-hash.js';

const line = (over: Partial<JournalRecord> = {}): JournalRecord => ({
  estate_id: 'jinyue',
  no: 1,
  at: new Date(Date.UTC(2026, 0, 5)),
  kind: 'paged',
  actor: null,
  ticket_id: null,
  alarm_id: null,
  device_id: null,
  payload: { slot: 'responder', level: 0 },
  ...over,
});
const NOTHING = Buffer.alloc(32);
const hash = (l: JournalRecord, previous = NOTHING): string => journalHash(previous, l).toString('hex');

describe('canonical JSON', () => {
  it('has its keys in order at every depth, whatever order they came in', () => {
    expect(canonicalJson({ b: 1, a: { d: [{ z: 1, y: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[{"y":2,"z":1}]},"b":1}',
    );
  });

  it('leaves undefined out of objects and keeps its place in arrays, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(canonicalJson([undefined, 1])).toBe('[null,1]');
  });

  it('is JSON of the same value, and the same after a database has had it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('is the same for the same keys in another order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (o) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(o).reverse()))).toBe(canonicalJson(o));
      }),
    );
  });
});

describe('law 12: the chain', () => {
  it('is broken by any change of a line', () => {
    const changes: Partial<JournalRecord>[] = [
      { estate_id: 'other' },
      { no: 2 },
      { at: new Date(Date.UTC(2026, 0, 5, 0, 0, 0, 1)) },
      { kind: 'accepted' },
      { actor: 'wang.qiang' },
      { ticket_id: '00000000-0000-7000-8000-000000000000' },
      { alarm_id: '00000000-0000-7000-8000-000000000000' },
      { device_id: 'd' },
      { payload: { slot: 'responder', level: 1 } },
      { payload: { slot: 'responder', level: '0' } },
    ];
    const hashes = [line(), ...changes.map(line)].map((l) => hash(l));
    expect(new Set(hashes).size).toBe(changes.length + 1);
  });

  it('is broken by a line that is dropped, added or moved', () => {
    const chain = (...lines: JournalRecord[]): string =>
      lines.reduce((prev: Buffer, l) => journalHash(prev, l), NOTHING as Buffer).toString('hex');
    const [a, b, c] = [line({ no: 1 }), line({ no: 2 }), line({ no: 3 })];
    expect(new Set([chain(a, b, c), chain(a, c), chain(a, c, b), chain(a, b, c, c), chain(b, c)]).size).toBe(5);
  });

  it('holds whatever order the database hands keys back in', () => {
    const { payload, ...rest } = line({ payload: { b: 1, a: { d: 1, c: 2 } } });
    const handedBack = { payload: { a: { c: 2, d: 1 }, b: 1 }, ...rest };
    expect(payload).toEqual(handedBack.payload);
    expect(hash(handedBack)).toBe(hash(line({ payload })));
  });
});
