import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { loadDirectory } from '../../src/estate/load-directory.js';
import { ReadViews } from '../../src/gateway/read-views.js';
import { RecordReads } from '../../src/gateway/record-reads.js';
import { ManualClock } from '../../src/kernel/clock.js';
import type { Principal } from '../../src/access/principal.js';
import type { Role } from '../../src/gateway/views.js';
import { importWish } from '../support/estate-builder.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let reads: ReadViews;
let records: RecordReads;
const clock = new ManualClock();
const START = clock.now();

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  reads = new ReadViews(database.db, clock, new DirectoryHolder(await loadDirectory(database.db)));
  records = new RecordReads(database.db);
  await open(250, START);
});
afterAll(() => database?.stop());

const as = (username: string, role: Role, ...estates: string[]): Principal => ({
  ...{ username, names: { zh: username, en: username } },
  roles: estates.map((estate) => ({ estate, role })),
});
const control = as('alpha.control-1', 'control-room', 'alpha');

/** Alarms and tickets of doors; many share a millisecond. */
async function open(n: number, from: number, device = 'alpha-1-door-1'): Promise<void> {
  const estate = device.split('-')[0];
  for (let i = 0; i < n; i++) {
    const at = new Date(from + Math.floor(i / 7));
    const id = randomUUID();
    await database.pool.query(
      `insert into ticket (id, estate_id, no, event, priority, state, subject_type, subject_id, device_id, building_id,
         procedure, policy, opened_at)
       values ($1, $2, $3, 'gate.forced-open', $4, 'closed', 'device', $5, $5, $6, '{"shape":[]}', '{"slots":[]}', $7)`,
      [id, estate, `X-${randomUUID()}`, i % 5 === 0 ? 'P2' : 'P3', device, device.slice(0, -7), at],
    );
    await database.pool.query(
      `insert into alarm (id, estate_id, subject_type, subject_id, device_id, event, priority, state, latched, active,
         raised_at, since, ended_at, reason, ticket_id)
       values ($1, $2, 'device', $3, $3, 'gate.forced-open', 'P2', 'NORM', false, false, $4, $4, $4, 'test', $1)`,
      [id, estate, device, at],
    );
  }
}
type Page = { items: { id: string }[]; next?: string | null };
/** @param between told after each page */
async function allOf(
  page: (after?: string) => Promise<Page>,
  between = async () => undefined as void,
): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const { items, next } = await page(after);
    ids.push(...items.map((i) => i.id));
    if (!next) return ids;
    after = next;
    await between();
  }
}
const idsOf = async (table: string, where = `estate_id = 'alpha'`): Promise<Set<string>> =>
  new Set((await database.rows<{ id: string }>(`select id from ${table} where ${where}`)).map((r) => r.id));

describe.each(['alarm', 'ticket'] as const)('the list of %ss', (what) => {
  const page =
    (reader: Principal, limit: number, more: object = {}) =>
    (after?: string) =>
      (what === 'alarm' ? reads.alarms.bind(reads) : reads.tickets.bind(reads))(reader, undefined, 'all', {
        ...{ limit, after },
        ...more,
      }) as Promise<Page>;

  it.each([7, 50, 200])('is read %i at a time: none is lost, none comes twice, newest first', async (limit) => {
    const ids = await allOf(page(control, limit));
    expect(new Set(ids)).toEqual(await idsOf(what));
    expect(ids).toHaveLength(new Set(ids).size);
  });

  it('keeps what was there when new ones come in between, and shows each once', async () => {
    const there = await idsOf(what);
    const ids = await allOf(page(control, 20), () => open(3, clock.advance(1000)));
    expect(ids).toHaveLength(new Set(ids).size);
    expect([...there].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('without a page asked for is what it was: the 500 newest, and a way on', async () => {
    const { items, next } = await page(control, undefined as never)();
    expect(items.length).toBe(Math.min(500, (await idsOf(what)).size));
    expect(next).toBeNull();
  });

  it('is narrowed by place, urgency, event and time', async () => {
    await open(2, START, 'alpha-2-door-1');
    await open(2, START, 'beta-1-door-1');
    const both = as('boss', 'supervisor', 'alpha', 'beta');
    const count = async (reader: Principal, more: object): Promise<number> =>
      (await allOf(page(reader, 100, more))).length;
    const total = (await idsOf(what, 'true')).size;
    expect(await count(both, {})).toBe(total);
    expect(await count(both, { building: 'alpha-2' })).toBe(2);
    expect(await count(both, { device: 'beta-1-door-1' })).toBe(2);
    expect(await count(control, { device: 'beta-1-door-1' })).toBe(0);
    expect(await count(both, { event: 'pipe.leak' })).toBe(0);
    expect(await count(both, { priority: 'P1' })).toBe(0);
    const early = { from: new Date(START).toISOString(), to: new Date(START + 1).toISOString() };
    expect(await count(both, { ...early, building: 'alpha-1' })).toBe(7);
    // For the next of the two: as it was.
    const there = `device_id in ('alpha-2-door-1', 'beta-1-door-1')`;
    await database.pool.query(`delete from alarm where ${there}`);
    await database.pool.query(`delete from ticket where ${there}`);
  });

  it.each([
    'x',
    'bm90IGpzb24',
    Buffer.from('["a",1]').toString('base64url'),
    Buffer.from('[1e99,""]').toString('base64url'),
  ])('refuses a page that it never told: %s', async (after) => {
    await expect(page(control, 10)(after)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('records', () => {
  it('of an estate’s journal are read in both orders, without a gap', async () => {
    for (let i = 1; i <= 23; i++)
      await database.pool.query(
        `insert into journal (estate_id, no, at, kind, payload, prev_hash, hash)
         values ('alpha', $1, now(), $2, '{}', '\\x00', '\\x01')`,
        [i, i % 2 ? 'odd' : 'even'],
      );
    const read = async (order: 'newest' | 'oldest', more: object = {}): Promise<number[]> => {
      const found: number[] = [];
      for (let after: string | undefined; ;) {
        const { items, next } = await records.journal('alpha', { order, limit: 5, after, ...more });
        found.push(...items.map((i) => i.no));
        if (!next) return found;
        after = next;
      }
    };
    const all = Array.from({ length: 23 }, (_, i) => i + 1);
    expect(await read('oldest')).toEqual(all);
    expect(await read('newest')).toEqual([...all].reverse());
    expect(await read('oldest', { kind: 'even' })).toEqual(all.filter((n) => n % 2 === 0));
  });

  it('of the administration show what people of one’s own estates did, and no others', async () => {
    for (const actor of ['alpha.engineer-1', 'beta.engineer-1', null])
      await database.pool.query(`insert into audit (actor, action) values ($1, 'probe')`, [actor]);
    const seen = async (reader: Principal): Promise<(string | null)[]> =>
      (await records.audit(reader, { action: 'probe' })).items.map((i) => i.actor);
    expect(await seen(as('alpha.supervisor-1', 'supervisor', 'alpha'))).toEqual(['alpha.engineer-1']);
    expect(await seen(as('x', 'butler', 'alpha', 'beta'))).toEqual([]);
  });
});
