import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import type { Principal } from '../../src/access/principal.js';
import type { DeviceKind } from '../../src/estate/device.js';
import type { PolicyKey, SlotPolicy } from '../../src/estate/escalation-policy.js';
import type { EndHow, EventName } from '../../src/kernel/events.js';
import type { SlotName } from '../../src/gateway/views.js';
import { Metrics } from '../../src/ops/metrics.js';
import { PageDelivery } from '../../src/paging/page-delivery.js';
import { PersonSockets } from '../../src/paging/person-sockets.js';
import type { ValuesByKind } from '../../src/telemetry/reading.js';
import type { TicketMove } from '../../src/tickets/ticket-moves.js';
import type { AlarmRow, PageRow, SlotRow, TicketRow } from '../../src/tickets/ticket-record.js';
import { AlarmCommands } from '../../src/workflow/alarm-commands.js';
import { CallOpening, type CallOutcome, type CallRequest } from '../../src/workflow/by-hand/call-opening.js';
import { SlotAssignment } from '../../src/workflow/by-hand/slot-assignment.js';
import { TicketRegrouping } from '../../src/workflow/by-hand/ticket-regrouping.js';
import { DeadlineService } from '../../src/workflow/deadline-service.js';
import { DeviceCommands, type LifeRequest } from '../../src/workflow/device-commands.js';
import { Intake } from '../../src/workflow/intake.js';
import { PageReceipts } from '../../src/workflow/page-receipts.js';
import { PolicyCommands } from '../../src/workflow/policies/policy-commands.js';
import { PolicyReads, type DryRunQuestion } from '../../src/workflow/policies/policy-reads.js';
import { TicketCommands, type MoveRequest } from '../../src/workflow/ticket-commands.js';
import { TierCalls } from '../../src/workflow/tier-calls.js';
import { Watch } from '../../src/workflow/watch.js';
import { until } from '../support/until.js';
import { StoryDevice, StoryLift, type Tell } from './story-devices.js';
import { expectLawsKept } from './story-laws.js';
import { StoryPhone } from './story-phone.js';
import { SettableClock, StoryService } from './story-service.js';
import type { StoryWorld } from './story-world.js';

export const ESTATE = 'jinyue';
const UNIT_MS = { ms: 1, s: 1000, min: 60_000 } as const;
/** Longer steps would look to the watch like a process that stood still. */
const STEP_MS = 1000;

export interface JournalLine {
  readonly no: number;
  readonly kind: string;
  readonly at: Date;
  readonly actor: string | null;
  readonly payload: Record<string, unknown>;
}
type PageFacts = Partial<Pick<PageRow, 'slot' | 'round' | 'level' | 'state' | 'silent' | 'reason'>>;

/** One story: time that moves only when told, devices that are played, phones that are watched, a real database. */
export class Story {
  private readonly devices: { live(): Promise<void> }[] = [];
  /** Time as the devices live it: nobody's clock is set here. */
  private elapsedMs = 0;
  private readonly phones = new Map<string, StoryPhone>();
  private service!: StoryService;
  /** ERROR lines that this story wants. */
  expectedErrors: RegExp | null = null;

  private constructor(
    private readonly url: string,
    readonly clock: SettableClock,
  ) {}

  /**
   * @param before SQL that makes the estate other than the demo's, run before the service starts
   * @param at when it begins, ISO 8601; else a Monday at 10:00 in the demo estate
   */
  static async begin(world: StoryWorld, before?: string, at?: string): Promise<Story> {
    const clock = new SettableClock(...(at === undefined ? [] : [Date.parse(at)]));
    const story = new Story(await world.freshDatabase(before), clock);
    await story.startService();
    // By day everybody on the roster has a phone in the pocket.
    for (const p of story.service.directory.current.staffOf(ESTATE)) story.phone(p.username);
    return story;
  }

  /** What must be true of every story, then the end of it. */
  async end(): Promise<void> {
    try {
      await this.settle();
      await expectLawsKept(this.db, ESTATE, this.clock.now(), [...this.phones.values()]);
      const unexpected = this.service.errors.filter((e) => !this.expectedErrors?.test(e));
      expect(unexpected).toEqual([]);
    } finally {
      await this.service.stop();
    }
  }

  get db() {
    return this.service.db;
  }

  /** The running service, for what has no sentence here. */
  get app(): INestApplicationContext {
    return this.service.app;
  }

  // ── Who and what there is ─────────────────────────────────────────────────────────────────────────────────────────

  lift(id: string): StoryLift {
    return this.played(new StoryLift(id, 5000, this.tell, () => this.elapsedMs));
  }
  device<K extends DeviceKind>(id: string, intervalS: number): StoryDevice<ValuesByKind[K]> {
    return this.played(new StoryDevice<ValuesByKind[K]>(id, intervalS * 1000, this.tell, () => this.elapsedMs));
  }
  phone(person: string): StoryPhone {
    const known = this.phones.get(person);
    if (known) return known;
    const made = new StoryPhone(person);
    this.phones.set(person, made);
    made.attach(this.service.app.get(PersonSockets));
    return made;
  }
  /** The phone is there again: what still rings for its owner is shown. */
  async comesOnline(person: string): Promise<void> {
    this.phone(person).comeOnline();
    await this.service.app.get(PageDelivery).catchUp(person);
    await this.settle();
  }
  everybodyIsOffline(): void {
    for (const p of this.phones.values()) p.goOffline();
  }

  // ── Time ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async advance(n: number, unit: keyof typeof UNIT_MS): Promise<void> {
    const until = this.clock.now() + n * UNIT_MS[unit];
    while (this.clock.now() < until) {
      const step = Math.min(STEP_MS, until - this.clock.now());
      this.elapsedMs += step;
      this.clock.advance(step);
      for (const d of this.devices) await d.live();
      this.service.app.get(Watch).tick();
      await this.settle();
    }
  }

  /** Until the clock shows that, steady ms. */
  advanceTo(at: number): Promise<void> {
    return this.advance(at - this.clock.now(), 'ms');
  }

  /** Hours go by in which no device says anything: only deadlines are served, each in its turn. */
  async skip(n: number, unit: 'min' | 'h'): Promise<void> {
    const until = this.clock.now() + n * (unit === 'h' ? 3_600_000 : 60_000);
    while (this.clock.now() < until) {
      const next = await this.db
        .selectFrom('deadline')
        .select((e) => e.fn.min('due_at').as('at'))
        .where('served_at', 'is', null)
        .executeTakeFirst();
      const due = next?.at ? new Date(next.at).getTime() : until;
      this.clock.advance(Math.max(1, Math.min(due, until) - this.clock.now()));
      await this.settle();
    }
  }

  /** The process dies in an orderly way and comes back after `awayMs`; nobody heard the devices meanwhile. */
  async restart(awayMs = 3000): Promise<void> {
    await this.settle();
    await this.service.stop();
    this.elapsedMs += awayMs;
    this.clock.advance(awayMs);
    await this.startService();
    const sockets = this.service.app.get(PersonSockets);
    for (const p of this.phones.values()) p.attach(sockets);
    for (const p of this.phones.values()) if (p.online) await this.service.app.get(PageDelivery).catchUp(p.person);
    await this.settle();
  }

  /** Somebody sets the machine's clock; the service notices within its second. */
  async setWallClock(byMs: number): Promise<void> {
    this.clock.setWall(byMs);
    await this.service.clockStep.compare();
    await this.settle();
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────────────────────────

  async accepts(person: string, slot?: SlotName, onBehalfOf?: string): Promise<void> {
    const { id } = await this.ticket();
    const wanted = { ...(slot ? { slot } : {}), ...(onBehalfOf ? { onBehalfOf } : {}) };
    await this.service.app.get(TicketCommands).accept(ESTATE, id, this.principal(person), wanted);
    await this.settle();
  }
  async declines(person: string, reason = 'cannot come'): Promise<void> {
    const { id } = await this.ticket();
    await this.service.app.get(TicketCommands).decline(ESTATE, id, this.principal(person), { reason });
    await this.settle();
  }
  async reports(person: string, move: TicketMove, q: MoveRequest = {}): Promise<void> {
    const { id } = await this.ticket();
    await this.service.app.get(TicketCommands).move(ESTATE, id, move, this.principal(person), q);
    await this.settle();
  }
  /** Every open step of the procedure, in its order, each with some words and a figure. */
  async worksThroughTheSteps(person: string): Promise<void> {
    const { id } = await this.ticket();
    const open = await this.db
      .selectFrom('ticket_step')
      .select('no')
      .where('ticket_id', '=', id)
      .where('state', '=', 'open')
      .orderBy('no')
      .execute();
    for (const { no } of open)
      await this.service.app
        .get(TicketCommands)
        .step(ESTATE, id, no, 'done', this.principal(person), 'seen to, 1 time');
    await this.settle();
  }
  async reassures(person: string): Promise<void> {
    const { id } = await this.ticket();
    await this.service.app.get(TicketCommands).reassure(ESTATE, id, this.principal(person), undefined);
    await this.settle();
  }
  async stepDone(person: string, no: number, note?: string): Promise<void> {
    const { id } = await this.ticket();
    await this.service.app.get(TicketCommands).step(ESTATE, id, no, 'done', this.principal(person), note);
  }

  /** The control room has called the next rescue tier. */
  async calledTier(person: string, tier: 2 | 3, spokeWith: string): Promise<void> {
    const { id } = await this.ticket();
    await this.service.app.get(TierCalls).confirm(ESTATE, id, tier, this.principal(person), { spokeWith });
    await this.settle();
  }
  async ends(person: string, event: EventName, how: EndHow): Promise<void> {
    const { id } = await this.alarm(event);
    await this.service.app.get(AlarmCommands).end(ESTATE, id, this.principal(person), how, undefined);
    await this.settle();
  }
  /** A resident rings; `person` writes it down. */
  async takesCall(
    person: string,
    place: CallRequest['place'],
    kind: string,
    q: Partial<CallRequest> = {},
  ): Promise<CallOutcome> {
    const call = { estate: ESTATE, place, kind, caller: {}, said: 'as told on the telephone', ...q };
    const request = { ...call, idempotencyKey: randomUUID() };
    const outcome = await this.service.app.get(CallOpening).open(this.principal(person), request);
    await this.settle();
    return outcome;
  }
  async merges(person: string, id: string, into: string, reason = 'the same'): Promise<void> {
    await this.service.app.get(TicketRegrouping).merge(ESTATE, id, into, this.principal(person), reason);
    await this.settle();
  }
  /** @returns the new ticket's id */
  async splits(person: string, id: string, alarms: readonly string[], reason = 'not the same'): Promise<string> {
    const made = await this.service.app.get(TicketRegrouping).split(ESTATE, id, alarms, this.principal(person), reason);
    await this.settle();
    return made;
  }
  async reassigns(person: string, slot: SlotName, to: string): Promise<void> {
    const { id } = await this.ticket();
    const q = { slot, to, reason: 'is nearer' };
    await this.service.app.get(SlotAssignment).reassign(ESTATE, id, this.principal(person), q);
    await this.settle();
  }
  async setsLife(person: string, device: string, life: LifeRequest): Promise<void> {
    const found = this.service.directory.current.device(device);
    if (!found) throw new Error(`no device ${device}`);
    await this.service.app.get(DeviceCommands).setLife(found, this.principal(person), life);
    await this.settle();
  }

  async publishes(person: string, key: PolicyKey, slots: readonly SlotPolicy[]): Promise<void> {
    await this.service.app.get(PolicyCommands).put(this.principal(person), key, slots, 'in a story');
    await this.settle();
  }
  async withdraws(person: string, key: PolicyKey): Promise<void> {
    await this.service.app.get(PolicyCommands).remove(this.principal(person), key, 'in a story');
  }
  /** As somebody sees it who asks beforehand: `60 responder 1 li.na+zheng.hong`. */
  async wouldPage(person: string, q: DryRunQuestion): Promise<string[]> {
    const { steps } = this.service.app.get(PolicyReads).dryRun(this.principal(person), q);
    return steps.flatMap((s) => {
      const people = s.people.map((p) => p.person).sort();
      return people.length === 0 ? [] : [`${s.afterS} ${s.slot} ${s.level} ${people.join('+')}`];
    });
  }

  // ── What there is to see ──────────────────────────────────────────────────────────────────────────────────────────

  /** Oldest first. */
  tickets(): Promise<TicketRow[]> {
    return this.db.selectFrom('ticket').selectAll().orderBy('no').execute();
  }
  /** The newest one. */
  async ticket(): Promise<TicketRow> {
    const newest = (await this.tickets()).at(-1);
    if (!newest) throw new Error('there is no ticket');
    return newest;
  }
  async slot(name: SlotName): Promise<SlotRow> {
    const { id } = await this.ticket();
    return this.db
      .selectFrom('slot')
      .selectAll()
      .where('ticket_id', '=', id)
      .where('slot', '=', name)
      .executeTakeFirstOrThrow();
  }
  alarms(): Promise<AlarmRow[]> {
    return this.db.selectFrom('alarm').selectAll().orderBy('raised_at').orderBy('id').execute();
  }
  /** The newest of that event. */
  async alarm(event: EventName): Promise<AlarmRow> {
    const newest = (await this.alarms()).filter((a) => a.event === event).at(-1);
    if (!newest) throw new Error(`there is no alarm ${event}`);
    return newest;
  }
  /** Of the newest ticket, in the order in which they were made. */
  async pages(): Promise<PageRow[]> {
    const { id } = await this.ticket();
    return this.db
      .selectFrom('page')
      .selectAll()
      .where('ticket_id', '=', id)
      .orderBy('created_at')
      .orderBy('slot')
      .orderBy('person')
      .execute();
  }
  /** `wang.qiang responder r0 l0` and so on, of the newest ticket. */
  async paged(slot?: SlotName): Promise<string[]> {
    const pages = (await this.pages()).filter((p) => !slot || p.slot === slot);
    return pages.map((p) => `${p.person} ${p.slot} r${p.round} l${p.level}`);
  }
  async journal(kind?: string): Promise<JournalLine[]> {
    const rows = await this.db.selectFrom('journal').selectAll().orderBy('no').execute();
    return rows.filter((r) => !kind || r.kind === kind);
  }

  /** A part of the service, for a story about what is made of all this afterwards. */
  part<T>(token: symbol | (abstract new (...args: never[]) => T)): T {
    return this.service.app.get<T>(token);
  }

  /** What is seen of a device in commissioning is noted beside the commits; wait for so many notes. */
  async sightsKept(device: string, n: number): Promise<void> {
    await until(`${n} sights of ${device}`, 5000, async () => {
      const row = await this.db.selectFrom('device').select('seen_states').where('id', '=', device).executeTakeFirst();
      return Object.keys(row?.seen_states ?? {}).length >= n;
    });
  }

  /** Events of the tickets that are not over, in alphabetical order. */
  async openTickets(): Promise<string[]> {
    return (await this.tickets()).flatMap((t) => (t.over_at === null ? [t.event] : [])).sort();
  }

  async expectNoTicket(): Promise<void> {
    expect((await this.tickets()).map((t) => `${t.no} ${t.event}`)).toEqual([]);
  }
  async expectTickets(n: number): Promise<void> {
    expect((await this.tickets()).map((t) => t.event)).toHaveLength(n);
  }
  /** Exactly one such page, and, while the phone is there, it was shown. */
  async expectPage(person: string, facts: PageFacts): Promise<PageRow> {
    const mine = (await this.pages()).filter((p) => p.person === person);
    const fits = (p: PageRow): boolean => Object.entries(facts).every(([k, v]) => p[k as keyof PageFacts] === v);
    const found = mine.filter(fits);
    const seen = mine.map((p) => `${p.slot} r${p.round} l${p.level} ${p.state}`);
    expect({ person, facts, seen, found: found.length }).toEqual({ person, facts, seen, found: 1 });
    const page = found[0] as PageRow;
    const phone = this.phone(person);
    if (phone.online && phone.answers && page.state !== 'recalled')
      expect(phone.shown.map((p) => p.pageId)).toContain(page.id);
    return page;
  }
  async expectNotPaged(person: string, slot?: SlotName): Promise<void> {
    const mine = (await this.pages()).filter((p) => p.person === person && (!slot || p.slot === slot));
    expect(mine.map((p) => `${p.person} ${p.slot} r${p.round} l${p.level}`)).toEqual([]);
  }
  /** The lines of that kind that say so; at least one, or exactly `times`. */
  async expectJournal(kind: string, payload: Record<string, unknown> = {}, times?: number): Promise<JournalLine[]> {
    const all = await this.journal(kind);
    const fits = (l: JournalLine): boolean => {
      try {
        expect(l.payload).toMatchObject(payload);
        return true;
      } catch {
        return false;
      }
    };
    const found = all.filter(fits);
    const told = { kind, payload, said: all.map((l) => l.payload) };
    if (times === undefined) expect({ ...told, found: found.length > 0 }).toEqual({ ...told, found: true });
    else expect({ ...told, found: found.length }).toEqual({ ...told, found: times });
    return found;
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  private readonly tell: Tell = async (device, values) => {
    const watch = this.service.app.get(Watch);
    const watched = watch.device(device);
    if (!watched) throw new Error(`no device ${device} in the demo estate`);
    await new Promise<void>((done) => watch.readings(watched, [{ observedAt: this.clock.now(), values }], done));
    await this.settle();
  };

  private played<D extends { live(): Promise<void> }>(device: D): D {
    this.devices.push(device);
    return device;
  }

  principal(person: string): Principal {
    const entry = this.service.directory.current.person(person);
    if (!entry) throw new Error(`nobody is called ${person}`);
    return { username: entry.username, names: entry.names, roles: entry.roles };
  }

  private async startService(): Promise<void> {
    this.service = await StoryService.start(this.url, this.clock);
    await this.settle();
  }

  /** Until nothing is under way and nothing is due: what was found is committed, what was confirmed is written down. */
  private async settle(): Promise<void> {
    const deadlines = this.service.app.get(DeadlineService);
    for (let turns = 0; turns < 60; turns++) {
      await this.intakeIdle();
      const served = await deadlines.scan();
      await this.receiptsWritten();
      if (served === 0) return this.intakeIdle();
    }
    throw new Error(`deadlines are due without end: ${this.service.errors.join('; ')}`);
  }

  private async intakeIdle(): Promise<void> {
    const { ingestQueue } = this.service.app.get(Metrics);
    const waiting = async (): Promise<number> => (await ingestQueue.get()).values[0]?.value ?? 0;
    for (const end = performance.now() + 10_000; (await waiting()) > 0; await new Promise((r) => setImmediate(r))) {
      if (performance.now() > end)
        throw new Error(`the intake does not come to rest: ${this.service.errors.join('; ')}`);
    }
    if (this.service.app.get(Intake).isStalled) throw new Error('the intake stalls');
  }

  private async receiptsWritten(): Promise<void> {
    await this.service.app.get(PageReceipts).flushAll();
    const confirmed = [...this.phones.values()].flatMap((p) => [...p.confirmed]);
    if (confirmed.length === 0) return;
    for (const end = performance.now() + 5000; ; await new Promise((r) => setTimeout(r, 2))) {
      await this.service.app.get(PageReceipts).flushAll();
      const open = await this.db
        .selectFrom('page')
        .select('id')
        .where('id', 'in', confirmed)
        .where('state', 'in', ['queued', 'sent'])
        .execute();
      if (open.length === 0) break;
      if (performance.now() > end) throw new Error('receipts are not written down');
    }
    for (const p of this.phones.values()) p.confirmed.clear();
  }
}
