import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { ManualClock } from '../kernel/clock.js';
import type { EventName, Priority } from '../kernel/events.js';
import { Metrics } from '../ops/metrics.js';
import { LiveValues } from '../telemetry/live-values.js';
import { FakeIntakeDatabase, seqsOf, settled, turn } from './fake-intake-database.js';
import { Intake } from './intake.js';
import type { Entry, Lane } from './intake-entry.js';

Logger.overrideLogger(false);

const error = (message: string, code?: string): Error => Object.assign(new Error(message), code ? { code } : {});

let clock: ManualClock;
let database: FakeIntakeDatabase;
let intake: Intake;
let acked: string[];
let badRows: string[];
let resumed: number;
let asked: string[];
let lanes: Map<string, Lane>;

function start(batchRows = 1000, batchMs = 5): void {
  clock = new ManualClock();
  database = new FakeIntakeDatabase();
  acked = [];
  badRows = [];
  resumed = 0;
  asked = [];
  lanes = new Map();
  intake = new Intake(
    {
      writer: database.writer,
      transactions: database.transactions,
      flow: database.flow,
      live: new LiveValues(),
      metrics: new Metrics(),
      clock,
      onBadRow: (entry) => badRows.push(...seqsOf([entry])),
      onResumed: () => resumed++,
      onFindings: () => undefined,
      onAsks: (_, asks) => asked.push(...asks.map((a) => a.command)),
    },
    { batchRows, batchMs },
  );
}

function lane(key: string): Lane {
  const known = lanes.get(key);
  if (known) return known;
  const made: Lane = { key, estate: 'e', device: () => null, open: [], inFlight: null, waiting: null };
  lanes.set(key, made);
  return made;
}

/** A message of a device with one reading; with an event, it is an emergency. */
function say(device: string, seq: number, event?: EventName | Pick<Entry, 'asks'>, priority?: Priority): void {
  const more = typeof event === 'object' ? event : {};
  const now = clock.now();
  intake.submit({
    lane: lane(device),
    readings: [
      {
        no: 1,
        maybeStored: false,
        reading: { device, observedAt: now, receivedAt: now, at: now, seq, values: { faultCode: `#${seq}#` } },
      },
    ],
    snapshot: null,
    findings:
      typeof event === 'string'
        ? [
            {
              kind: 'raise',
              event,
              subject: { type: 'device', id: device },
              since: now,
              reason: 'told so',
              evidence: {},
              ...(priority ? { priority } : {}),
            },
          ]
        : [],
    firstWord: false,
    arrivedAt: now,
    done: () => acked.push(`${device}${seq}`),
    undo: null,
    taken: false,
    ...more,
  });
}
const P1 = 'elevator.alarm-button';
const LESSER = 'pipe.leak';

beforeEach(() => start());
afterEach(async () => {
  database.holding = false;
  database.refuse = () => undefined;
  while (database.waiting > 0) await database.release();
  await intake.close();
});

/** The database has come back: all that it held, and what follows. */
const released = async (): Promise<void> => {
  database.holding = false;
  while (database.waiting > 0) await database.release();
  await batchClosed();
};

const batchClosed = async (): Promise<void> => {
  await new Promise((r) => setTimeout(r, 15));
  await settled();
};

describe('the bulk', () => {
  it('is one commit when the batch is full, or when its time is over', async () => {
    start(3, 400);
    for (const seq of [1, 2, 3, 4]) say('a', seq);
    await settled();
    expect(database.commits).toEqual(['batch 1 2 3']);
    while (database.commits.length < 2) await turn();
    expect(database.commits).toEqual(['batch 1 2 3', 'batch 4']);
  });

  it('that piled up while the database was away goes in several commits, oldest first', async () => {
    start(2, 1);
    database.holding = true;
    for (let seq = 1; seq <= 11; seq++) say('abc'[seq % 3] ?? 'a', seq);
    await released();
    expect(database.commits).toEqual(['batch 1 2', 'batch 3 4 5 6', 'batch 7 8 9 10', 'batch 11']);
    expect(acked).toHaveLength(11);
  });

  it('law 1: is acknowledged after its commit, not before', async () => {
    database.holding = true;
    say('a', 1);
    await batchClosed();
    expect({ underWay: database.underWay, acked }).toEqual({ underWay: ['batch 1'], acked: [] });
    await database.release();
    expect(acked).toEqual(['a1']);
  });

  it('what its rules ask of a device is asked after its commit, not before', async () => {
    database.holding = true;
    say('a', 1, { asks: [{ command: 'announce', reason: 'told so' }] });
    await batchClosed();
    expect(asked).toEqual([]);
    await database.release();
    expect(asked).toEqual(['announce']);
  });

  it('law 1: waits for a database that is away, and is acknowledged when it is back', async () => {
    let away = 2;
    database.refuse = () => {
      if (away-- > 0) throw error('connection refused', 'ECONNREFUSED');
    };
    say('a', 1);
    await batchClosed();
    expect(acked).toEqual([]);
    await intake.close();
    expect({ acked, stored: database.stored, badRows }).toEqual({ acked: ['a1'], stored: ['1'], badRows: [] });
  });

  it('law 9: one bad row never aborts a batch: halved until it is alone, it alone is refused, and all are acknowledged', async () => {
    database.refuse = (told) => {
      if (told.split(' ').includes('5')) throw error('invalid byte sequence', '22021');
    };
    for (let seq = 1; seq <= 8; seq++) say(`d${seq}-`, seq);
    await batchClosed();
    expect(badRows).toEqual(['5']);
    expect(database.stored).toEqual(['1', '2', '3', '4', '6', '7', '8']);
    expect(acked).toHaveLength(8);
  });

  it('law 9: with any set of bad rows, exactly these are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 24 }), async (isBad) => {
        start(isBad.length, 1000);
        const bad = isBad.flatMap((b, i) => (b ? [String(i)] : []));
        database.refuse = (told) => {
          if (told.split(' ').some((x) => bad.includes(x))) throw error('bad', '22P02');
        };
        isBad.forEach((_, i) => say(`d${i}-`, i));
        await intake.close();
        expect(badRows).toEqual(bad);
        expect(database.stored).toEqual(isBad.flatMap((b, i) => (b ? [] : [String(i)])));
        expect(acked).toHaveLength(isBad.length);
      }),
      { numRuns: 15 },
    );
  });
});

describe('an emergency', () => {
  it('does not wait for the batch, and takes along what its device said before', async () => {
    start(1000, 10_000);
    say('a', 1);
    say('b', 2);
    say('a', 3);
    say('a', 4, P1);
    await settled();
    expect(database.commits).toEqual([`emergency 1 3 4 !${P1}`]);
    expect(acked).toEqual(['a1', 'a3', 'a4']);
    await intake.close();
    expect(database.commits).toEqual([`emergency 1 3 4 !${P1}`, 'batch 2']);
  });

  it('keeps later messages of its device behind it, and nobody else’s', async () => {
    start(2, 1);
    database.holding = true;
    say('a', 1, P1);
    say('a', 2);
    say('b', 3);
    await batchClosed();
    expect(database.underWay).toEqual([`emergency 1 !${P1}`, 'batch 3']);
    await database.release(1);
    expect(acked).toEqual(['b3']);
    await database.release(0);
    await batchClosed();
    await database.release();
    expect(acked).toEqual(['b3', 'a1', 'a2']);
  });

  it('waits for the batch under way that holds earlier messages of its device', async () => {
    start(1, 1);
    database.holding = true;
    say('a', 1);
    say('a', 2, P1);
    say('b', 3, P1);
    await settled();
    expect(database.underWay).toEqual(['batch 1', `emergency 3 !${P1}`]);
    await database.release(0);
    expect(database.underWay).toEqual([`emergency 3 !${P1}`, `emergency 2 !${P1}`]);
  });

  it('of P1 waits for no lesser one: at most two of those are under way', async () => {
    database.holding = true;
    for (const [i, d] of ['a', 'b', 'c'].entries()) say(d, i, LESSER);
    say('d', 9, P1);
    say('e', 8, LESSER, 'P1');
    await settled();
    expect(database.underWay).toEqual([
      ...[`emergency 0 !${LESSER}`, `emergency 1 !${LESSER}`],
      ...[`emergency 9 !${P1}`, `emergency 8 !${LESSER}`],
    ]);
    await database.release(0);
    expect(database.underWay).toContain(`emergency 2 !${LESSER}`);
  });

  it('has the right of way until it is committed', async () => {
    let urgent = 0;
    intake.onUrgent = (by) => (urgent += by);
    database.holding = true;
    say('a', 1, P1);
    say('b', 2, LESSER);
    say('c', 3);
    await settled();
    expect(urgent).toBe(2);
    await database.release(0);
    expect(urgent).toBe(1);
    await database.release(0);
    expect(urgent).toBe(0);
  });

  it('law 10: does not fail with a row of history: the rows are refused, the emergency is committed', async () => {
    database.refuse = (told) => {
      if (told.includes(' 7')) throw error('invalid input', '22P02');
    };
    say('a', 7, P1);
    await settled();
    expect({ commits: database.commits, badRows, acked }).toEqual({
      commits: [`emergency !${P1}`],
      badRows: ['7'],
      acked: ['a7'],
    });
  });

  it('law 1: is tried until the database has it', async () => {
    let away = 3;
    database.refuse = () => {
      if (away-- > 0) throw error('terminating connection', '57P01');
    };
    say('a', 1, P1);
    await intake.close();
    expect({ stored: database.stored, acked }).toEqual({ stored: ['1', `!${P1}`], acked: ['a1'] });
  });
});

describe('a stall', () => {
  it('is seen while a commit takes longer than 2 s, and told once it is over', async () => {
    database.holding = true;
    say('a', 1);
    await batchClosed();
    clock.advance(2000);
    expect(intake.isStalled).toBe(false);
    clock.advance(1);
    expect(intake.isStalled).toBe(true);
    expect(resumed).toBe(0);
    await database.release();
    expect({ stalled: intake.isStalled, resumed }).toEqual({ stalled: false, resumed: 1 });
  });

  it('is told once, when the last of the commits that it held back is through', async () => {
    database.holding = true;
    say('a', 1);
    await batchClosed();
    say('b', 2, P1);
    say('c', 3, P1);
    await settled();
    clock.advance(60_000);
    say('d', 4);
    await database.release();
    expect({ stalled: intake.isStalled, resumed }).toEqual({ stalled: true, resumed: 0 });
    await database.release();
    expect({ stalled: intake.isStalled, resumed }).toEqual({ stalled: true, resumed: 0 });
    await released();
    expect({ stalled: intake.isStalled, resumed }).toEqual({ stalled: false, resumed: 1 });
  });

  it('is over although an emergency has taken along what was waiting to be written', async () => {
    database.holding = true;
    say('a', 1);
    await batchClosed();
    say('b', 2);
    clock.advance(60_000);
    say('b', 3, P1);
    await released();
    expect({ stalled: intake.isStalled, resumed }).toEqual({ stalled: false, resumed: 1 });
    expect(acked.sort()).toEqual(['a1', 'b2', 'b3']);
  });

  it('of less than that is none', async () => {
    database.holding = true;
    say('a', 1, P1);
    await settled();
    clock.advance(1900);
    await database.release();
    expect(resumed).toBe(0);
  });
});

describe('whatever devices say, and in whatever order the database answers', () => {
  it('each message is stored once and acknowledged once, per device in the order of arrival, after its commit', async () => {
    const message = fc.record({
      device: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('plain', 'plain', 'plain', P1, LESSER),
      release: fc.option(fc.nat(3)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(1, 3),
        async (messages, rows) => {
          start(rows, 1);
          database.holding = true;
          for (const [seq, m] of messages.entries()) {
            say(m.device, seq, m.kind === 'plain' ? undefined : (m.kind as EventName));
            if (m.release !== null) {
              await turn();
              await database.release(Math.min(m.release, Math.max(0, database.waiting - 1)));
            }
            expect(acked.every((a) => database.stored.includes(a.slice(1)))).toBe(true);
          }
          database.holding = false;
          while (database.waiting > 0) await database.release();
          await intake.close();
          const readings = database.stored.filter((s) => !s.startsWith('!'));
          expect(readings.map(Number).sort((a, b) => a - b)).toEqual(messages.map((_, i) => i));
          for (const device of ['a', 'b', 'c']) {
            const sent = messages.flatMap((m, i) => (m.device === device ? [`${device}${i}`] : []));
            expect(acked.filter((a) => a.startsWith(device))).toEqual(sent);
          }
        },
      ),
      { numRuns: 80 },
    );
  }, 60_000);
});
