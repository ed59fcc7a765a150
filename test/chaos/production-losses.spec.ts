import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../simulators/random.js';
import { BackgroundLoad } from './background-load.js';
import { chaosEstate } from './chaos-estate.js';
import { escalationFaults } from './escalation-faults.js';
import { EstateTraffic } from './estate-traffic.js';
import { Evidence, type StoredAlarm, type StoredPage, type StoredTicket } from './evidence.js';
import { mustBeBy } from './must-be-by.js';
import { PARTS, ProductionStack, type Part, type Server } from './production-stack.js';
import { StaffPhones } from './staff-phones.js';
import { ToldHistory } from './told-history.js';

const LONG = process.env['STEWARD_LONG'] === '1';
const SEED = Number(process.env['STEWARD_CHAOS_SEED'] ?? Date.now() % 1_000_000);
/** kill -9 of each part, this many times. */
const KILLS = LONG ? 10 : 1;
const SILENCE_MS = LONG ? 20_000 : 12_000;
const DATABASE_STALL_MS = LONG ? 60_000 : 20_000;
const BACKGROUND_PER_S = 2000;
const HOLD_MS = 30_000;
/** A part may take its time to come back, and Steward to find it again. */
const ALLOWED = { latenessMs: 3000, graceMs: 5000 };

const say = (text: string): void => void process.stderr.write(`${text}\n`);

describe(`production profile: each part lost under load, at random instants (seed ${SEED})`, () => {
  const random = Random.for(SEED, 'losses');
  const estate = chaosEstate({ lifts: LONG ? 110 : 60, gates: LONG ? 300 : 130, pipes: 102 });
  let stack: ProductionStack;
  let phones: StaffPhones;
  let traffic: EstateTraffic;
  let background: BackgroundLoad;
  let evidence: Evidence;
  let began = 0;
  let endedAt = 0;
  /** `device/seq` → when Steward received it; doubled ones apart. */
  const stored = new Map<string, number>();
  const doubled: string[] = [];
  let alarms: StoredAlarm[];
  let tickets: StoredTicket[];
  let pages: StoredPage[];

  beforeAll(async () => {
    stack = await ProductionStack.start(estate);
    began = Date.now();
    phones = new StaffPhones(stack.service.http);
    await phones.connect(estate.people);
    traffic = new EstateTraffic({ ...estate, pipes: estate.pipes.slice(0, 2) }, stack.broker, phones, {
      seed: SEED,
      trapEveryMs: 5000,
    });
    background = new BackgroundLoad(estate.pipes.slice(2), stack.broker, BACKGROUND_PER_S);
    await traffic.start();
    await background.start();
    await sleep(4000);
    for (const part of shuffled(PARTS.flatMap((p) => Array.from({ length: KILLS }, () => p)))) {
      await sleep(1500 + random.next() * 3000);
      traffic.burst();
      await stack.killAndRestart(part, random.next() * 2500);
      say(`chaos: ${part} killed and back after ${lastLossMs()} ms`);
    }
    for (const part of ['redis', 'influx', 'mosquitto', 'postgres'] as const satisfies readonly Server[]) {
      await stack.silence(part, part === 'postgres' ? DATABASE_STALL_MS : SILENCE_MS);
      say(`chaos: ${part} silent, ready again after ${lastLossMs()} ms`);
      await sleep(3000);
    }
    traffic.stopTrapping();
    await background.finish();
    const lastHoldEnds = Math.max(...traffic.traps.map((t) => t.first.sentAt)) + HOLD_MS + 6500;
    await sleep(Math.max(6000, lastHoldEnds - Date.now()));
    await traffic.finish();
    const history = new ToldHistory(stack.service.http, phones.tokenOf('ch-desk'));
    phones.close();
    endedAt = Date.now();
    const ids = [...traffic.devices, ...background.devices].map((d) => d.device.id);
    for (const { key, receivedAt } of await history.of(ids, began - 60_000, endedAt + 60_000)) {
      if (stored.has(key)) doubled.push(key);
      stored.set(key, receivedAt);
    }
    evidence = await Evidence.open(stack.databaseUrl);
    alarms = await evidence.alarms();
    tickets = await evidence.tickets();
    pages = await evidence.pages();
  }, 3_600_000);

  afterAll(async () => {
    await evidence?.close();
    await traffic?.close();
    await background?.close();
    phones?.close();
    await stack?.remove();
  }, 90_000);

  /** For whoever looks for the cause of a fault: what was away meanwhile, s before the end of that time. */
  const lossesBetween = (from: number, to: number): string =>
    stack.losses
      .filter((l) => l.to > from && l.from < to)
      .map(
        (l) => `${l.part} ${l.how} ${((to - l.from) / 1000).toFixed(1)} to ${((to - l.to) / 1000).toFixed(1)} s before`,
      )
      .join(', ');
  const lastLossMs = (): number => {
    const loss = stack.losses.at(-1);
    return loss ? loss.to - loss.from : 0;
  };
  function shuffled(parts: Part[]): Part[] {
    for (let i = parts.length - 1; i > 0; i--) {
      const j = random.whole(0, i);
      [parts[i], parts[j]] = [parts[j] as Part, parts[i] as Part];
    }
    return parts;
  }

  it('law 10: every reading that was told is in the history exactly once; only a killed broker may have lost some', () => {
    const told = [...traffic.devices, ...background.devices].flatMap((d) =>
      d.told.map((t) => ({ ...t, key: `${d.device.id}/${t.seq}` })),
    );
    const brokerKills = stack.losses.filter((l) => l.part === 'mosquitto' && l.how === 'killed');
    const nearAKill = (at: number): boolean => brokerKills.some((k) => at > k.from - 3000 && at < k.to + 1000);
    const missing = told.filter((t) => t.ackedAt !== null && !stored.has(t.key));
    const lost = missing.filter((t) => !nearAKill(t.ackedAt ?? 0)).map((t) => t.key);
    say(`chaos: ${told.length} readings told, ${missing.length} of them lost by the broker's own crashes`);
    expect({ lost: lost.slice(0, 20), doubled: doubled.slice(0, 20) }).toEqual({ lost: [], doubled: [] });
    expect(told.length).toBeGreaterThan(50_000);
    expect(told.every((t) => t.ackedAt !== null)).toBe(true);
  });

  it('law 4: each entrapment raises one alarm and one ticket, in time, whichever part was away', () => {
    const up = stack.upTimes(began);
    const faults: string[] = [];
    let latest = 0;
    for (const { lift, first } of traffic.traps) {
      const receivedAt = stored.get(`${lift}/${first.seq}`);
      if (receivedAt === undefined) continue; // The broker lost it in its own crash; the lift said it again later.
      const raised = alarms.filter((a) => a.device_id === lift && a.event.startsWith('elevator.entrapment'));
      const opened = tickets.filter((t) => t.device_id === lift);
      if (raised.length !== 1 || opened.length !== 1) {
        faults.push(`${lift}: ${raised.length} alarms, ${opened.length} tickets`);
        continue;
      }
      const at = opened[0]?.opened_at.getTime() ?? 0;
      const by = mustBeBy(receivedAt + HOLD_MS, up, ALLOWED, endedAt);
      latest = Math.max(latest, at - receivedAt - HOLD_MS);
      if (at < first.sentAt + HOLD_MS) faults.push(`${lift}: ${first.sentAt + HOLD_MS - at} ms too early`);
      if (at > by) faults.push(`${lift}: ${at - by} ms too late; ${lossesBetween(receivedAt, at)}`);
    }
    say(`chaos: ${traffic.traps.length} entrapments, raised at most ${latest} ms after their 30 s`);
    expect(faults).toEqual([]);
    expect(traffic.traps.length).toBeGreaterThanOrEqual(LONG ? 60 : 12);
  });

  it('law 1: every duress code that reached Steward has exactly one alarm, one ticket and its first pages', () => {
    const arrived = [...traffic.duress].filter(([gate, told]) => stored.has(`${gate}/${told.seq}`));
    const faults = arrived.flatMap(([gate]) => {
      const raised = alarms.filter((a) => a.device_id === gate && a.event === 'gate.duress');
      const opened = tickets.filter((t) => t.device_id === gate);
      const slots = pages.filter((p) => p.ticket_id === opened[0]?.id && p.level === 0).map((p) => p.slot);
      const right = raised.length === 1 && opened.length === 1 && slots.includes('responder');
      return right ? [] : [`${gate}: ${raised.length} alarms, ${opened.length} tickets, pages ${slots.join()}`];
    });
    expect(faults).toEqual([]);
    expect(arrived.length).toBeGreaterThan(LONG ? 60 : 15);
  });

  it('the emergency path goes on without Redis and without InfluxDB', async () => {
    const without = stack.losses.filter((l) => l.how === 'silent' && (l.part === 'redis' || l.part === 'influx'));
    for (const { part, from, to } of without) {
      const opened = tickets.filter((t) => t.opened_at.getTime() > from && t.opened_at.getTime() < to - 1000);
      const delivered = opened.filter((t) =>
        pages.some((p) => p.ticket_id === t.id && p.delivered_at !== null && p.delivered_at.getTime() < to),
      );
      say(`chaos: ${opened.length} tickets opened while ${part} was silent, ${delivered.length} with a delivered page`);
      expect(opened.length).toBeGreaterThan(1);
      expect(delivered).toHaveLength(opened.length);
    }
    expect(without).toHaveLength(2);
  });

  it('nothing else was raised: no loss looked like a silence, a power loss or a wrong clock', () => {
    const expected = ['elevator.entrapment-between-floors', 'gate.duress'];
    expect(alarms.filter((a) => !expected.includes(a.event))).toEqual([]);
  });

  it('law 4, law 5: each escalation level is created once, and in time after the part is back', async () => {
    const found = { tickets, slots: await evidence.slots(), pages };
    const { faults, levels } = escalationFaults(found, stack.upTimes(began), endedAt);
    say(`chaos: ${tickets.length} tickets, ${levels} levels, ${pages.length} pages`);
    expect(faults).toEqual([]);
  });

  it('law 5: no two page ids for one ticket, slot, round, level, person and channel', () => {
    const keyOf = (p: StoredPage): string => [p.ticket_id, p.slot, p.round, p.level, p.person, p.channel].join('/');
    expect(new Set(pages.map(keyOf)).size).toBe(pages.length);
    const stored = new Map(pages.map((p) => [p.id, p]));
    expect(phones.shown.filter((s) => stored.get(s.page.pageId)?.person !== s.person)).toEqual([]);
  });

  it('law 7, law 12: the journal is one unbroken chain, and the change log has no gap', async () => {
    expect((await evidence.journalFault(estate.id)).fault).toBeNull();
    const numbers = await evidence.changeNumbers(estate.id);
    expect(numbers).toEqual({ rows: numbers.head, first: 1, last: numbers.head, head: numbers.head });
  });
});
