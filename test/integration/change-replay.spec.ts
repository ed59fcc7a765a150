import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AlarmView, ChangeEvent, PageView, StepView, TicketView } from '../../src/gateway/views.js';
import { SystemClock } from '../../src/platform/system-clock.js';
import { Dispatch } from '../support/dispatch.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import type { RestClient } from '../support/rest-client.js';
import { SocketClient } from '../support/socket-client.js';
import { signIn, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(180_000);

const CUTS = process.env.STEWARD_LONG === '1' ? 1000 : 100;

let database: TestDatabase;
let steward: StartedSteward;
let control: RestClient;
/** Another process that works on the same database. */
let other: Dispatch;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', lifts: 20 });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  control = await steward.as('alpha.control-1');
  other = await Dispatch.on(database.url, new SystemClock());
});
afterAll(async () => {
  await other?.close();
  await steward?.stop();
  await database?.stop();
});

const head = async (): Promise<number> =>
  (await database.rows<{ seq: number }>(`select seq from estate_head where estate_id = 'alpha'`))[0]?.seq ?? -1;

/** A screen: what it has loaded, kept up to date by changes alone. */
class Screen {
  seq = 0;
  readonly alarms = new Map<string, AlarmView>();
  readonly tickets = new Map<string, TicketView>();
  readonly pages = new Map<string, PageView>();
  readonly steps = new Map<string, StepView>();
  readonly mistakes: string[] = [];

  take(c: ChangeEvent): void {
    if (c.estate !== 'alpha') this.mistakes.push(`a change of ${c.estate}`);
    if (c.seq !== this.seq + 1) this.mistakes.push(`${c.seq} after ${this.seq}`);
    this.seq = c.seq;
    if (c.type === 'alarm') this.alarms.set(c.alarm.id, c.alarm);
    if (c.type === 'ticket') this.tickets.set(c.ticket.id, c.ticket);
    if (c.type === 'page') this.pages.set(c.page.id, c.page);
    if (c.type === 'step') this.steps.set(`${c.ticketId}/${c.step.no}`, c.step);
  }
}

/** Things happen on a lift, some through this service, some through the other process. */
async function something(chance: Chance, n: number): Promise<void> {
  const lift = `alpha-1-lift-${1 + (n % 20)}`;
  const quietly = (p: Promise<unknown>): Promise<unknown> => p.catch(() => undefined);
  const [ticket] = (await control.ticketsOf(lift)).filter((t) => !t.overAt);
  if (!ticket) return other.apply(lift, 'elevator.entrapment-between-floors');
  const people = ['butler-1', 'security-1', 'contractor-1', 'control-1'].map((p) => other.person(`alpha.${p}`));
  switch (chance.below(7)) {
    case 0:
      await quietly(other.tickets.accept('alpha', ticket.id, chance.pick(people), {}));
      break;
    case 1:
      await quietly(other.tickets.decline('alpha', ticket.id, chance.pick(people), { reason: 'far away' }));
      break;
    case 2:
      await quietly(control.move(ticket.id, 'accept'));
      break;
    case 3:
      await quietly(control.post(`/tickets/${ticket.id}/steps/${1 + chance.below(9)}/done`, { note: '好' }));
      break;
    case 4:
      await quietly(other.apply(lift, 'elevator.entrapment-between-floors', 'clear'));
      break;
    case 5:
      await quietly(other.apply(lift, 'elevator.alarm-button'));
      break;
    default:
      await quietly(control.move(ticket.id, 'false-alarm', { reason: 'in a test' }));
  }
}

/** Ends every emergency, and waits until nobody is told anything any more. */
async function quiet(): Promise<void> {
  for (const t of (await control.tickets('?state=open')).items)
    await control.ask('POST', `/tickets/${t.id}/false-alarm`, { reason: 'the next test' });
  await until('a quiet estate', 20_000, async () => {
    const before = await head();
    await pause(500);
    return (await head()) === before;
  });
}

describe('law 7: sequence and replay', () => {
  afterEach(quiet);

  it(`law 7: a control room cut off and reconnected ${CUTS} times at random ends equal to the database`, async () => {
    const seed = Number(process.env.STEWARD_SEED ?? Date.now() % 1_000_000);
    const chance = new Chance(seed);
    await steward.socket('butler', 'alpha.butler-1'); // receipts of pages are changes too
    const token = await signIn(database, 'alpha.control-1');
    const screen = new Screen();
    const over = { yet: false };
    const life = (async () => {
      for (let n = 0; !over.yet; n++) await something(chance, n);
    })();
    try {
      for (let cut = 0; cut < CUTS; cut++) {
        const socket = await SocketClient.open(steward.http, 'control-room', token);
        socket.socket.on('change', (c: ChangeEvent) => screen.take(c));
        socket.resume('alpha', screen.seq);
        // Some are asked twice, as a page does that wakes up and reconnects at the same time.
        if (cut % 10 === 5) socket.resume('alpha', screen.seq);
        await pause(chance.below(60));
        socket.close();
        socket.socket.removeAllListeners('change');
        expect(socket.resets).toEqual([]);
        await pause(chance.below(40));
      }
    } finally {
      over.yet = true;
      await life;
    }
    const last = await SocketClient.open(steward.http, 'control-room', token);
    last.socket.on('change', (c: ChangeEvent) => screen.take(c));
    last.resume('alpha', screen.seq);
    await until('the last change', 10_000, async () => screen.seq === (await head()));
    expect({ seed, mistakes: screen.mistakes }).toEqual({ seed, mistakes: [] });
    expect(screen.seq).toBeGreaterThan(CUTS);

    // Deliveries go on: both sides are compared at one and the same number.
    const byId = <T extends { id: string }>(items: readonly T[]) => new Map(items.map((i) => [i.id, i]));
    const { tickets, alarms, details } = await until('a quiet moment', 20_000, async () => {
      const from = await head();
      const tickets = (await control.tickets('?estate=alpha&state=all')).items;
      const alarms = (await control.alarms('?estate=alpha&state=all')).items;
      const details = await Promise.all(tickets.map((t) => control.ticket(t.id)));
      return (await head()) === from && screen.seq === from ? { tickets, alarms, details } : null;
    });
    last.close();
    expect(screen.tickets).toEqual(byId(tickets));
    expect(screen.alarms).toEqual(byId(alarms));
    expect(screen.pages).toEqual(byId(details.flatMap((t) => t.pages)));
    for (const t of details) {
      for (const step of t.steps) {
        // A step that nobody touched was never a change.
        const shown = screen.steps.get(`${t.id}/${step.no}`);
        expect(shown ?? { ...step, state: 'open' }).toEqual(step);
      }
    }
    expect(screen.steps.size).toBeGreaterThan(0);
    expect(await violations(database)).toEqual([]);
  });

  it('law 7: a list tells the number that it is true at, and the changes after it complete it', async () => {
    const [alarms, tickets] = await Promise.all([control.alarms('?estate=alpha'), control.tickets('?estate=alpha')]);
    expect(alarms.seq).toBe(tickets.seq);
    await other.apply('alpha-2-lift-1', 'elevator.alarm-button');
    const desk = await steward.socket('control-room', 'alpha.control-1');
    desk.resume('alpha', alarms.seq);
    const shown = (c: ChangeEvent): boolean => c.type === 'alarm' && c.alarm.device === 'alpha-2-lift-1';
    await until('the missed changes', 5000, () => desk.changes.some(shown));
    expect(desk.changes[0]?.seq).toBe(alarms.seq + 1);
    expect(desk.changes.map((c) => c.seq)).toEqual(desk.changes.map((_, i) => alarms.seq + 1 + i));
  });

  it('law 7: a number from another life of the database, or older than what is kept, is answered with reset', async () => {
    const desk = await steward.socket('control-room', 'alpha.supervisor-1');
    const now = await head();
    desk.resume('alpha', now + 1000);
    await until('the first reset', 5000, () => desk.resets.length === 1);
    expect(desk.resets[0]).toEqual({ estate: 'alpha', seq: now });
    await database.pool.query(`delete from change_log where estate_id = 'alpha' and seq <= 10`);
    desk.resume('alpha', 3);
    await until('the second reset', 5000, () => desk.resets.length === 2);
    expect(desk.changes).toEqual([]);
    // Exactly at the edge of what is kept nothing is missing.
    desk.resume('alpha', 10);
    await until('what was missed', 5000, () => desk.changes.some((c) => c.seq === now));
    expect(desk.changes[0]?.seq).toBe(11);
    expect(desk.resets).toHaveLength(2);
  });

  it('law 7: when nothing at all is kept, a client that is behind is told to load anew', async () => {
    await other.apply('beta-1-door-1', 'gate.duress');
    await database.pool.query(`delete from change_log where estate_id = 'beta'`);
    const desk = await steward.socket('control-room', 'beta.control-1');
    desk.resume('beta', 0);
    await until('the reset', 5000, () => desk.resets.length === 1);
  });

  it('law 7: what a role may not see arrives as a number alone', async () => {
    const desks = {
      supervisor: await steward.socket('control-room', 'alpha.supervisor-1'),
      control: await steward.socket('control-room', 'alpha.control-1'),
    };
    const from = await head();
    desks.supervisor.resume('alpha', from);
    desks.control.resume('alpha', from);
    await other.transactions.run('alpha', async (tx) => {
      tx.change({
        type: 'device',
        entityId: 'secret',
        audience: ['supervisor'],
        payload: () => ({ device: 'secret', life: 'live' }),
      });
      await Promise.resolve();
    });
    await until('both', 5000, () => desks.supervisor.changes.length > 0 && desks.control.changes.length > 0);
    expect(desks.control.changes).toEqual([{ seq: from + 1, estate: 'alpha', type: 'hidden' }]);
    expect(desks.supervisor.changes).toEqual([
      { seq: from + 1, estate: 'alpha', type: 'device', device: 'secret', life: 'live' },
    ]);
  });

  it('law 7: a screen that looks hears at least every two seconds that it is not stale', async () => {
    const desk = await steward.socket('control-room', 'alpha.control-1');
    desk.resume('alpha', await head());
    await until('two heartbeats', 5500, () => desk.lives >= 3);
  });

  it('law 7: a transaction that is rolled back uses no number', async () => {
    const before = await head();
    const undone = other.transactions.run('alpha', async (tx) => {
      tx.change({ type: 'device', entityId: 'x', payload: () => ({ device: 'x', life: 'live' }) });
      await Promise.resolve();
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await head()).toBe(before);
  });
});
