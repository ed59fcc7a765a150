import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CHANNELS } from '../../src/kernel/channels.js';
import { ManualClock } from '../../src/kernel/clock.js';
import type { FakePageChannel } from '../../src/paging/channels/fake-page-channel.js';
import type { SendOutcome } from '../../src/paging/channels/page-channel.port.js';
import type { RetryPace } from '../../src/paging/channels/retry-pace.js';
import { ChannelRig, fakes } from '../support/channel-rig.js';
import { importWish } from '../support/estate-builder.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(60_000);

const QUICK: RetryPace = { attempts: 4, pauseMs: () => 20 };
const LIFT = 'alpha-1-lift-1';
const BUTLER = 'alpha.butler-1';
const SECURITY = 'alpha.security-1';

let database: TestDatabase;
let rig: ChannelRig;
let clock: ManualClock;
let closeDatabase: () => Promise<void>;
let url: string;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database?.stop());
beforeEach(async () => {
  const own = await database.another();
  await importWish(own.db, { id: 'alpha' });
  ({ url } = own);
  closeDatabase = own.close;
  clock = new ManualClock(Date.now());
  rig = await ChannelRig.on(url, clock, QUICK);
});
afterEach(async () => {
  await rig.close();
  await closeDatabase();
});

const gives = (way: FakePageChannel, person: string, ...ids: string[]): void =>
  void way.people.set(
    person,
    ids.map((id) => ({ id, destination: `${way.name} ${id}`, shown: id })),
  );
/** People are trapped, the committed pages are handed over. */
async function trapped(): Promise<void> {
  await rig.dispatch.apply(LIFT, 'elevator.entrapment-between-floors');
  rig.carry();
}
const pagesOf = async (person: string) => {
  await rig.receipts.flushAll();
  const rows = await rig.dispatch.db
    .selectFrom('page')
    .selectAll()
    .where('person', '=', person)
    .where('slot', '=', 'responder')
    .execute();
  const order = (channel: string): number => CHANNELS.findIndex((c) => c === channel);
  return rows.sort((a, b) => order(a.channel) - order(b.channel)).map((p) => `${p.channel} ${p.state}`);
};
const journal = async (kind: string) =>
  (await rig.dispatch.db.selectFrom('journal').select(['kind', 'payload']).orderBy('no').execute())
    .filter((j) => j.kind === kind)
    .map((j) => j.payload);
const again = () => Promise.resolve({ kind: 'again', reason: 'answered 500' } as const);
/** The clock of the service goes on by itself, so that pauses between tries pass. */
function clockRuns(): () => void {
  const timer = setInterval(() => clock.advance(20), 5);
  return () => clearInterval(timer);
}

describe('a page by a carrier', () => {
  it('goes out at once when nobody’s screen is open, and is sent when the carrier has taken it, no more', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    await trapped();
    await until('the push', 3000, () => rig.ways['web-push'].sent.length === 1);
    expect(
      await until('its state', 3000, async () => {
        const pages = await pagesOf(BUTLER);
        return pages.includes('web-push sent') && pages;
      }),
    ).toEqual(['websocket queued', 'web-push sent']);
    expect(rig.ways['web-push'].sent[0]?.message).toMatchObject({ kind: 'page', person: BUTLER, priority: 'P1' });
    // Whose screen is open is paged there alone.
    expect(await pagesOf(SECURITY)).toEqual(['websocket queued']);
  });

  it('waits for the screen while one is open, and follows after 10 s by the next ways, one after the other', async () => {
    gives(rig.ways.websocket, BUTLER, 'screen');
    gives(rig.ways['web-push'], BUTLER, 'phone');
    gives(rig.ways.webhook, BUTLER, 'robot');
    await trapped();
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued']);
    clock.advance(9999);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued']);
    clock.advance(1);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued', 'web-push queued']);
    expect(await journal('next-channel')).toEqual([
      expect.objectContaining({
        person: BUTLER,
        channel: 'web-push',
        after: 'websocket',
        because: 'not delivered in 10 s',
      }),
    ]);
    // The next person is asked as well.
    expect(await journal('paged')).toContainEqual(expect.objectContaining({ slot: 'responder', level: 1 }));
    clock.advance(10_000);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued', 'web-push queued', 'webhook queued']);
    clock.advance(60_000);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toHaveLength(3);
  });

  it('asks nobody else when a device has confirmed it: the 10 s are over for its screen too', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    gives(rig.ways['web-push'], SECURITY, 'phone of security');
    gives(rig.ways.webhook, BUTLER, 'robot');
    await trapped();
    await until('the pushes', 3000, () => rig.ways['web-push'].sent.length === 2);
    for (const { message } of rig.ways['web-push'].sent) rig.receipts.note('alpha', message.id, 'delivered');
    await until('the receipts', 3000, async () => (await pagesOf(BUTLER)).includes('web-push delivered'));
    await until('the other', 3000, async () => (await pagesOf(SECURITY)).includes('web-push delivered'));
    clock.advance(10_000);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued', 'web-push delivered']);
    expect((await journal('paged')).filter((p) => p['slot'] === 'responder')).toHaveLength(1);
  });

  it('is tried again with a pause, then is a dead letter with the reason, and the next way is tried at once', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    gives(rig.ways.webhook, BUTLER, 'robot');
    let tries = 0;
    rig.ways['web-push'].behaviour = () => {
      tries++;
      return again();
    };
    const stop = clockRuns();
    await trapped();
    await until('the dead letter', 10_000, async () => {
      rig.carry();
      return (await pagesOf(BUTLER)).join() === 'websocket queued,web-push failed,webhook sent';
    });
    stop();
    expect(tries).toBe(QUICK.attempts);
    const supervisor = rig.dispatch.person('alpha.supervisor-1');
    expect(await rig.letters.list(supervisor, 'alpha')).toEqual([
      expect.objectContaining({
        person: BUTLER,
        channel: 'web-push',
        reason: 'answered 500',
        attempts: 4,
        destination: 'phone',
      }),
    ]);
    expect(await rig.letters.list(rig.dispatch.person(BUTLER), undefined)).toEqual([]);
    expect(await journal('page-lost')).toEqual([expect.objectContaining({ person: BUTLER, reason: 'answered 500' })]);
    expect(rig.ways.webhook.sent).toHaveLength(1);
    const left = await rig.dispatch.db
      .selectFrom('outbox')
      .select('job_id')
      .where('queue', '=', 'page-channel')
      .execute();
    expect(left).toEqual([]);
  });

  it('is a dead letter at once where the carrier will never take it', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    rig.ways['web-push'].behaviour = () => Promise.resolve({ kind: 'failed', reason: 'answered 403' });
    await trapped();
    await until('the dead letter', 5000, async () => (await pagesOf(BUTLER)).includes('web-push failed'));
    expect(await rig.letters.list(rig.dispatch.person('alpha.supervisor-1'), undefined)).toMatchObject([
      { attempts: 1 },
    ]);
  });

  it('one that hangs holds up nobody else', async () => {
    gives(rig.ways.webhook, BUTLER, 'hangs');
    gives(rig.ways.webhook, SECURITY, 'answers');
    let letGo: () => void = () => undefined;
    const hanging = new Promise<SendOutcome>((r) => (letGo = () => r({ kind: 'again', reason: 'hung' })));
    rig.ways.webhook.behaviour = (_, address) => (address.id === 'hangs' ? hanging : null);
    const began = performance.now();
    await trapped();
    await until('the other page', 3000, () => rig.ways.webhook.sent.length === 1);
    expect(performance.now() - began).toBeLessThan(1500);
    expect(rig.ways.webhook.sent[0]?.address.id).toBe('answers');
    letGo();
  });

  it('goes to each device of a person, and again only to those that have not taken it', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone', 'tablet');
    let refusals = 0;
    rig.ways['web-push'].behaviour = (_, a) => (a.id === 'tablet' && refusals++ < 2 ? again() : null);
    const stop = clockRuns();
    await trapped();
    await until('both', 5000, () => rig.ways['web-push'].sent.length === 2);
    stop();
    await pause(100);
    expect(rig.ways['web-push'].sent.map((s) => s.address.id)).toEqual(['phone', 'tablet']);
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued', 'web-push sent']);
  });
});

describe('quiet hours', () => {
  const allDay = { from: '00:00', to: '00:00' };

  it('leave the loud ways out of a P2, for whoever has them; a P1 rings all the same', async () => {
    for (const who of [BUTLER, SECURITY]) gives(rig.ways['web-push'], who, `phone of ${who}`);
    await rig.book.change(BUTLER, { quiet: allDay }, BUTLER, clock.now());
    await rig.dispatch.apply(LIFT, 'elevator.ebike');
    expect(await pagesOf(BUTLER)).toEqual(['websocket queued']);
    expect(await pagesOf(SECURITY)).toEqual(['websocket queued', 'web-push queued']);
    await rig.dispatch.apply(LIFT, 'elevator.entrapment-between-floors');
    expect(await pagesOf(BUTLER)).toContain('web-push queued');
  });
});

describe('law 5: compare-and-set everywhere', () => {
  it('law 5: two processes that are given the same page send it once', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    const other = await ChannelRig.on(url, clock, QUICK, fakes());
    gives(other.ways['web-push'], BUTLER, 'phone');
    await rig.dispatch.apply(LIFT, 'elevator.entrapment-between-floors');
    const [page] = rig.dispatch.courier.sent.filter((p) => p.page.channel === 'web-push');
    const job = `page-${page!.page.id}`;
    for (let i = 0; i < 20; i++) {
      rig.sender.begin(job);
      other.sender.begin(job);
    }
    await until('a send', 3000, () => rig.ways['web-push'].sent.length + other.ways['web-push'].sent.length > 0);
    await until('its end', 3000, async () => rig.sender.look(job));
    await pause(100);
    expect(rig.ways['web-push'].sent.length + other.ways['web-push'].sent.length).toBe(1);
    await other.close();
  });

  it('law 5: what waits for its turn looks again before it is sent: taken meanwhile, it is not sent', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    gives(rig.ways['web-push'], SECURITY, 'phone of security');
    let answer: (() => void) | null = null;
    rig.ways['web-push'].behaviour = (message) =>
      message.person === BUTLER && message.kind === 'page'
        ? new Promise((resolve) => (answer = () => resolve({ kind: 'again', reason: 'later' })))
        : null;
    await trapped();
    const { id } = await rig.dispatch.db.selectFrom('ticket').select('id').executeTakeFirstOrThrow();
    await until('the first try', 3000, () => answer);
    await until('the other', 3000, () => rig.ways['web-push'].sent.length === 1);
    await rig.dispatch.tickets.accept('alpha', id, rig.dispatch.person(SECURITY), { slot: 'responder' });
    rig.carry();
    const stop = clockRuns();
    answer!();
    await until('nothing left', 5000, async () => {
      const left = await rig.dispatch.db
        .selectFrom('outbox')
        .select('job_id')
        .where('queue', '=', 'page-channel')
        .execute();
      return left.length === 0;
    });
    stop();
    // Who had it is told that it is taken; who never got it is told nothing, and is not called any more.
    const told = rig.ways['web-push'].sent.map((s) => `${s.message.kind} ${s.message.person}`);
    expect(told.sort()).toEqual([`page ${SECURITY}`, `recall ${SECURITY}`]);
  });

  it('law 5: after an accept no way is tried any more', async () => {
    gives(rig.ways.websocket, BUTLER, 'screen');
    gives(rig.ways['web-push'], BUTLER, 'phone');
    await trapped();
    const { id } = await rig.dispatch.db.selectFrom('ticket').select('id').executeTakeFirstOrThrow();
    await rig.dispatch.tickets.accept('alpha', id, rig.dispatch.person(SECURITY), { slot: 'responder' });
    clock.advance(10_000);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket recalled']);
  });

  it('who declines by one way is not asked by another', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    gives(rig.ways.webhook, BUTLER, 'robot');
    await trapped();
    const [page] = await rig.dispatch.db
      .selectFrom('page')
      .selectAll()
      .where('person', '=', BUTLER)
      .where('channel', '=', 'web-push')
      .execute();
    const { ticket_id, id: pageId } = page!;
    await rig.dispatch.tickets.decline('alpha', ticket_id, rig.dispatch.person(BUTLER), { pageId });
    clock.advance(10_000);
    await rig.dispatch.deadlines.scan();
    expect(await pagesOf(BUTLER)).toEqual(['websocket declined', 'web-push declined']);
  });
});

describe('a process that dies', () => {
  it('in the middle of a send: another one takes it up when the claim has lapsed', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    await rig.dispatch.apply(LIFT, 'elevator.entrapment-between-floors');
    const [page] = rig.dispatch.courier.sent.filter((p) => p.page.channel === 'web-push');
    const job = `page-${page!.page.id}`;
    // The one that dies has claimed it and says no more.
    expect(await rig.work.claim(job)).toMatchObject({ attempt: 1 });
    expect(await rig.work.claim(job)).toBeNull();
    expect(await rig.sender.look(job)).toBe(false);
    await pause(100);
    expect(rig.ways['web-push'].sent).toEqual([]);
    clock.advance(12_000);
    expect(await rig.sender.look(job)).toBe(false);
    await until('the send', 3000, () => rig.ways['web-push'].sent.length === 1);
    await until('nothing left', 3000, () => rig.sender.look(job));
  });
});

describe('a dead letter', () => {
  it('is sent again on a supervisor’s word, once, while somebody is still needed', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    rig.ways['web-push'].behaviour = () => Promise.resolve({ kind: 'failed', reason: 'answered 403' });
    await trapped();
    await until('the dead letter', 5000, async () => (await pagesOf(BUTLER)).includes('web-push failed'));
    rig.ways['web-push'].behaviour = () => null;
    const supervisor = rig.dispatch.person('alpha.supervisor-1');
    const [letter] = await rig.letters.list(supervisor, 'alpha');
    await expect(rig.letters.replay(rig.dispatch.person(BUTLER), letter!.id)).rejects.toMatchObject({
      code: 'not-found',
    });
    await rig.letters.replay(supervisor, letter!.id);
    await until('the page', 5000, async () => (await pagesOf(BUTLER)).includes('web-push sent'));
    expect(rig.ways['web-push'].sent).toHaveLength(1);
    await expect(rig.letters.replay(supervisor, letter!.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await journal('page-sent-again')).toHaveLength(1);
  });

  it('of a call that somebody has taken is not sent again', async () => {
    gives(rig.ways['web-push'], BUTLER, 'phone');
    rig.ways['web-push'].behaviour = () => Promise.resolve({ kind: 'failed', reason: 'answered 403' });
    await trapped();
    await until('the dead letter', 5000, async () => (await pagesOf(BUTLER)).includes('web-push failed'));
    const { id } = await rig.dispatch.db.selectFrom('ticket').select('id').executeTakeFirstOrThrow();
    await rig.dispatch.tickets.accept('alpha', id, rig.dispatch.person(SECURITY), { slot: 'responder' });
    const supervisor = rig.dispatch.person('alpha.supervisor-1');
    const [letter] = await rig.letters.list(supervisor, 'alpha');
    await expect(rig.letters.replay(supervisor, letter!.id)).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'taken' },
    });
    expect(rig.ways['web-push'].sent).toEqual([]);
    expect(await rig.letters.list(supervisor, 'alpha')).toMatchObject([{ replayed_at: null }]);
  });
});
