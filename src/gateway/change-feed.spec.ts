import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { ChangeRow } from '../platform/estate-transaction.js';
import { ChangeFeed, type FeedReader } from './change-feed.js';

Logger.overrideLogger(false);

const turn = (): Promise<void> => new Promise((r) => setImmediate(r));
const ESTATE = 'jinyue';

/** The change log in memory, read with the feed's own queries; each read may take some turns, or fail. */
class FakeLog {
  rows: ChangeRow[] = [];
  head = 0;
  reads = 0;
  failing = 0;
  turns: () => number = () => 0;

  commit(n = 1): ChangeRow[] {
    const made = Array.from({ length: n }, () => this.row(++this.head));
    this.rows.push(...made);
    return made;
  }
  forgetUpTo(seq: number): void {
    this.rows = this.rows.filter((r) => r.seq > seq);
  }
  private row(seq: number): ChangeRow {
    return { estate: ESTATE, seq, type: 'alarm', entityId: String(seq), audience: null, payload: { seq } };
  }

  readonly db = {
    selectFrom: (table: string) => {
      let after = 0;
      let limit = Infinity;
      // As a database does: the rows are those of the moment at which it looks, the answer comes later.
      const answered = async <T>(look: () => T): Promise<T> => {
        if (this.failing > 0) {
          this.failing--;
          throw new Error('connection lost');
        }
        const value = look();
        for (let i = this.turns(); i > 0; i--) await turn();
        return value;
      };
      const query = {
        select: () => query,
        where: (column: string, _: string, value: number) => {
          if (column === 'seq') after = value;
          return query;
        },
        orderBy: () => query,
        limit: (n: number) => {
          limit = n;
          return query;
        },
        executeTakeFirst: () =>
          answered(() => ({ seq: table === 'estate_head' ? this.head : (this.rows[0]?.seq ?? null) })),
        execute: () => {
          this.reads++;
          return answered(() =>
            this.rows
              .filter((r) => r.seq > after)
              .slice(0, limit)
              .map((r) => ({ ...r, estate_id: r.estate, entity_id: r.entityId })),
          );
        },
      };
      return query;
    },
  } as unknown as Kysely<Database>;
}

let log: FakeLog;
let feed: ChangeFeed;
beforeEach(() => {
  log = new FakeLog();
  feed = new ChangeFeed(log.db);
});
afterEach(() => feed.stop());

function reader(cursor: number): FeedReader & { got: number[] } {
  const got: number[] = [];
  return { estate: ESTATE, cursor, got, deliver: (rows) => got.push(...rows.map((r) => r.seq)) };
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('law 7: a reader of the changes', () => {
  it('gets what it missed in order, then everything as it happens', async () => {
    log.commit(5);
    const r = reader(2);
    expect(await feed.subscribe(r)).toBe(true);
    expect(r.got).toEqual([3, 4, 5]);
    feed.committed(ESTATE, log.commit(2));
    expect(r.got).toEqual(range(3, 7));
  });

  it('that has missed more than a page of the log gets all of it', async () => {
    log.commit(2500);
    const r = reader(0);
    await feed.subscribe(r);
    expect(r.got).toEqual(range(1, 2500));
  });

  it('whose number is older than what is kept, or from another life of the database, must load anew', async () => {
    log.commit(10);
    log.forgetUpTo(6);
    expect(await feed.subscribe(reader(5))).toBe(false);
    expect(await feed.subscribe(reader(6))).toBe(true);
    expect(await feed.subscribe(reader(11))).toBe(false);
    log.forgetUpTo(10);
    expect(await feed.subscribe(reader(9))).toBe(false);
    expect(await feed.subscribe(reader(10))).toBe(true);
  });

  it('hears of what another process has committed once it is told to look', async () => {
    const r = reader(0);
    await feed.subscribe(r);
    log.commit(3);
    await feed.wake(ESTATE);
    expect(r.got).toEqual([1, 2, 3]);
  });

  it('hears of a commit whose announcement was lost, with the next one and without a gap', async () => {
    const r = reader(0);
    await feed.subscribe(r);
    log.commit(2);
    feed.committed(ESTATE, log.commit(1));
    await feed.wake(ESTATE);
    expect(r.got).toEqual([1, 2, 3]);
  });

  it('hears of it within a second when no announcement comes at all', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      feed.start();
      const r = reader(0);
      await feed.subscribe(r);
      log.commit(2);
      await jest.advanceTimersByTimeAsync(1000);
      await turn();
      expect(r.got).toEqual([1, 2]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on from where it stood after the database was away', async () => {
    const r = reader(0);
    await feed.subscribe(r);
    log.commit(2);
    log.failing = 1;
    await feed.wake(ESTATE);
    expect(r.got).toEqual([]);
    await feed.wake(ESTATE);
    expect(r.got).toEqual([1, 2]);
  });

  it('takes no harm when the database is away before anything is known of the estate', async () => {
    const r = reader(0);
    const subscribing = feed.subscribe(r);
    log.failing = 4;
    await subscribing.catch(() => undefined);
    log.failing = 1;
    await expect(feed.wake(ESTATE)).resolves.toBeUndefined();
  });

  it('costs no reading of the table while commits of this process follow each other', async () => {
    const [a, b] = [reader(0), reader(0)];
    await feed.subscribe(a);
    await feed.subscribe(b);
    const before = log.reads;
    for (let i = 0; i < 20; i++) feed.committed(ESTATE, log.commit(1));
    expect(log.reads).toBe(before);
    expect([a.got, b.got]).toEqual([range(1, 20), range(1, 20)]);
    expect(feed.knownHead(ESTATE)).toBe(20);
  });

  it('is told nothing after it has left', async () => {
    const r = reader(0);
    await feed.subscribe(r);
    feed.unsubscribe(r);
    feed.committed(ESTATE, log.commit(1));
    await feed.wake(ESTATE);
    expect(r.got).toEqual([]);
  });

  it('cut off and back again at any moments, has every number once, in order, and ends at the newest', async () => {
    const act = fc.constantFrom('commit', 'silent', 'wake', 'come', 'leave', 'turn', 'fail');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(act, fc.nat(3)), { maxLength: 60 }),
        fc.infiniteStream(fc.nat(3)),
        async (acts, turns) => {
          log = new FakeLog();
          log.turns = () => turns.next().value as number;
          feed = new ChangeFeed(log.db);
          const here = new Map<number, ReturnType<typeof reader>>();
          const all: { from: number; r: ReturnType<typeof reader>; stays: boolean }[] = [];
          const pending: Promise<unknown>[] = [];
          for (const [what, n] of acts) {
            if (what === 'commit') feed.committed(ESTATE, log.commit(n + 1));
            if (what === 'silent') log.commit(n + 1);
            if (what === 'wake') pending.push(feed.wake(ESTATE));
            if (what === 'turn') await turn();
            if (what === 'fail') log.failing = 1;
            const old = here.get(n);
            if ((what === 'leave' || what === 'come') && old) {
              feed.unsubscribe(old);
              here.delete(n);
              for (const a of all) if (a.r === old) a.stays = false;
            }
            if (what === 'come') {
              // It comes back with the number that it had, as a screen does after a lost connection.
              const r = reader(old?.cursor ?? 0);
              here.set(n, r);
              const entry = { from: r.cursor, r, stays: true };
              all.push(entry);
              pending.push(feed.subscribe(r).catch(() => (entry.stays = false)));
            }
          }
          await Promise.all(pending);
          log.failing = 0;
          for (let i = 0; i < 4; i++) {
            await feed.wake(ESTATE);
            for (let t = 0; t < 8; t++) await turn();
          }
          for (const { from, r, stays } of all) {
            expect(r.got).toEqual(range(from + 1, from + r.got.length));
            if (stays) expect(from + r.got.length).toBe(log.head);
          }
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);
});
