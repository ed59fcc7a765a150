import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Principal } from '../../access/principal.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { hours, minutes, seconds } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import { AlarmPathTrial } from '../../detection/elevator/alarm-path-trial.js';
import type { Finding } from '../../detection/detector.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { alarmPathStep, type AlarmPathState } from '../../tickets/alarm-path-schedule.js';
import { dropOpenDeadline, setDeadline, type DeadlineKind } from '../deadlines.js';
import { DeviceAsks } from '../device-asks.js';
import { EmergencyFlow } from '../emergency-flow.js';
import { AlarmPathRehearsal } from './alarm-path-rehearsal.js';
import { FollowUps, type FollowUpEnd, type FollowUpRow } from './follow-ups.js';
import { showTask } from './task-notices.js';

/** A lift answers within seconds; after this a press that names the test is a press like any other. */
const ANSWER_WITHIN_MS = seconds(60);
const RELEASE_WITHIN_MS = seconds(10);
const TICK_MS = 100;
/** With a call for help open there, nobody tests; it is looked at again after so long. */
const BUSY_MS = minutes(30);

interface Running {
  readonly id: string;
  readonly device: Device;
  readonly askedAt: number;
  endsBy: number;
  readonly trial: AlarmPathTrial;
  heardAt: number | null;
  found: boolean;
}

/** Lifts that have an alarm button which Steward hears. */
export const hasAlarmPath = (d: Device): boolean => {
  const { capabilities } = d.attributes;
  const hears =
    capabilities.length === 0 || ['alarmButton', 'fault', 'faultCode'].some((c) => capabilities.includes(c));
  return d.kind === 'elevator' && hears && (d.life === 'live' || d.life === 'maintenance');
};
/** Commands go to devices that log in themselves; what a bridge speaks for is pressed by a person. */
export const pathHow = (d: Device): 'command' | 'press' =>
  d.attributes.capabilities.includes('alarm-test') && d.attributes.via === undefined ? 'command' : 'press';

/**
 * The alarm path of each lift, proved every 72 h (domain §9, EN 81-28): Steward asks the lift for a marked press, which
 * comes back over the broker, is decoded, found by the rule for real presses and taken through alarm, ticket and pages,
 * which are rolled back (AlarmPathRehearsal). Lifts that cannot are pressed by a person: that is a real call.
 * A press counts as the test's only when it carries the id of the running test; every other is a call for help.
 */
@Injectable()
export class AlarmPathTests implements OnModuleDestroy {
  private readonly log = new Logger(AlarmPathTests.name);
  private readonly running = new Map<string, Running>();
  private readonly finishing = new Set<Promise<void>>();
  private readonly rehearsal: AlarmPathRehearsal;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly flow: EmergencyFlow,
    private readonly work: { asks: DeviceAsks; followUps: FollowUps },
  ) {
    this.rehearsal = new AlarmPathRehearsal(directory, transactions);
    work.followUps.checks.set('alarm-path-press', (tx, row, end) => this.pressReported(tx, row, end));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await Promise.all(this.finishing);
  }

  /** Tests that ran when the process before this one ended. Call before the broker listens: their answers may come again. */
  async load(): Promise<void> {
    const rows = await this.db.selectFrom('alarm_path_test').selectAll().where('state', '=', 'running').execute();
    for (const t of rows) {
      const device = this.directory.current.device(t.device_id);
      if (device) this.remember(t.id, device, t.asked_at.getTime(), t.ends_by.getTime());
    }
  }

  /** Every lift with a button is proved from now on; safe to call at each start. */
  async plan(tx: EstateTransaction): Promise<void> {
    const rows = await tx.trx.selectFrom('alarm_path').select('device_id').where('estate_id', '=', tx.estate).execute();
    const known = new Set(rows.map((r) => r.device_id));
    const lifts = this.directory.current.devicesOfEstate(tx.estate).filter(hasAlarmPath);
    for (const d of lifts.filter((l) => !known.has(l.id))) {
      // Spread over a day, so that an estate's lifts are not asked all at once.
      const since = new Date(tx.now - spread(d.id) * hours(24));
      const made = await tx.trx
        .insertInto('alarm_path')
        .values({ device_id: d.id, estate_id: tx.estate, since })
        .onConflict((c) => c.doNothing())
        .returning('device_id')
        .executeTakeFirst();
      if (made) await this.wake(tx, 'alarm-path', d.id, tx.now);
    }
  }

  /** The deadline of a lift: asks, raises, looks again. */
  async onDue(tx: EstateTransaction, id: string): Promise<void> {
    const device = this.directory.current.device(id);
    const path = await tx.trx
      .selectFrom('alarm_path')
      .selectAll()
      .where('device_id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!path) return;
    if (!device || !hasAlarmPath(device)) {
      await tx.trx.deleteFrom('alarm_path').where('device_id', '=', id).execute();
      return;
    }
    const provedAt = (path.last_passed_at ?? path.since).getTime();
    const state: AlarmPathState = { provedAt, fails: path.fails, how: pathHow(device) };
    const decision = alarmPathStep(state, tx.now);
    if (decision.raise) await this.raise(tx, device, decision.raise, path.last_passed_at);
    let { wakeAt } = decision;
    if (decision.ask && state.how === 'press') {
      await this.work.followUps.make(tx, {
        kind: 'alarm-path-press',
        subject: deviceSubject(device),
        by: null,
        because: 'the lift cannot test its alarm path by itself',
      });
    } else if (decision.ask && !this.running.has(id)) {
      if (await this.isBusy(tx, id)) wakeAt = Math.min(wakeAt, tx.now + BUSY_MS);
      else await this.begin(tx, device, null);
    }
    await this.wake(tx, 'alarm-path', id, wakeAt);
  }

  /** Now, because somebody wants it. @throws DomainError `conflict` when it cannot, or a call for help is open there */
  async ask(device: Device, by: Principal): Promise<void> {
    if (!hasAlarmPath(device)) throw new DomainError('conflict', 'This device has no alarm button at work.');
    return this.transactions.run(device.estate, async (tx) => {
      if (pathHow(device) === 'press') {
        const made = await this.work.followUps.make(tx, {
          kind: 'alarm-path-press',
          subject: deviceSubject(device),
          by: null,
          because: `asked for by ${by.username}`,
        });
        if (!made)
          throw new DomainError('conflict', 'A person has been asked to press it already.', { reason: 'asked' });
        return;
      }
      if (this.running.has(device.id) || (await this.isBusy(tx, device.id)))
        throw new DomainError('conflict', 'A test runs, or a call for help is open, in this lift.', { reason: 'busy' });
      await this.begin(tx, device, by.username);
    });
  }

  /** The watch asks about a press that says it is a test: true = it is the one that was asked for. */
  readonly press = (device: Device, values: ElevatorValues): boolean => {
    const t = this.running.get(device.id);
    const now = this.clock.now();
    if (!t || t.id !== values.alarmTest || now > t.endsBy) return false;
    if (values.alarmButton || values.fault === 'alarm-button') t.heardAt ??= now;
    this.judge(t, t.trial.reading(device, values, now), now);
    return true;
  };

  /** Wakes the running trials' holds. By its own timer while there are any. */
  tick(): void {
    const now = this.clock.now();
    for (const t of this.running.values()) {
      if (now > t.endsBy + ANSWER_WITHIN_MS) this.running.delete(t.device.id);
      else this.judge(t, t.trial.tick(t.device, now), now);
    }
    if (this.running.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  /** Nothing is under way; for tests. */
  async idle(): Promise<void> {
    await Promise.all(this.finishing);
  }

  /** Its time is up and nothing has been proved. */
  async onAnswerDue(tx: EstateTransaction, testId: string): Promise<void> {
    const row = await tx.trx.selectFrom('alarm_path_test').selectAll().where('id', '=', testId).executeTakeFirst();
    if (row?.state !== 'running') return;
    const t = this.running.get(row.device_id);
    const reason =
      t?.id === testId && t.heardAt !== null
        ? 'the press was heard, and nobody would have been paged'
        : 'the lift has not answered';
    await this.end(tx, testId, row.device_id, { passed: false, heardAt: t?.heardAt ?? null, reason, proof: {} });
  }

  private judge(t: Running, finding: Finding | null, now: number): void {
    if (!finding || t.found) return;
    t.found = true;
    // Its release may still come; after that the mark is worth nothing.
    t.endsBy = Math.min(t.endsBy, now + RELEASE_WITHIN_MS);
    const work = this.prove(t, finding, now)
      .catch((e: Error) => this.log.warn(`the alarm path of ${t.device.id} was not proved: ${e.message}`))
      .finally(() => this.finishing.delete(work));
    this.finishing.add(work);
  }

  /** From the finding on: alarm, ticket and pages, as they would be. */
  private async prove(t: Running, finding: Finding, now: number): Promise<void> {
    const began = performance.now();
    const pages = await this.rehearsal.of(finding, t.device).catch((e: Error) => e);
    const failed = pages instanceof Error ? `alarm, ticket and pages could not be made: ${pages.message}` : null;
    const wouldPage = pages instanceof Error ? [] : pages;
    const reason = failed ?? (wouldPage.length > 0 ? null : 'nobody is on duty who would be paged');
    const proof = {
      heardAfterMs: (t.heardAt ?? now) - t.askedAt,
      foundAfterMs: now - t.askedAt,
      dispatchMs: Math.round(performance.now() - began),
      finding: finding.reason,
      wouldPage,
    };
    await this.transactions.run(t.device.estate, (tx) =>
      this.end(tx, t.id, t.device.id, { passed: reason === null, heardAt: t.heardAt, reason, proof }),
    );
  }

  private async begin(tx: EstateTransaction, device: Device, by: string | null): Promise<void> {
    const id = newId(tx.now);
    const endsBy = tx.now + ANSWER_WITHIN_MS;
    await tx.trx
      .insertInto('alarm_path_test')
      .values({
        ...{ id, device_id: device.id, estate_id: device.estate, how: 'command', state: 'running' },
        ...{ asked_at: tx.at, asked_by: by, ends_by: new Date(endsBy) },
      })
      .execute();
    tx.journal({ kind: 'alarm-path-asked', actor: by, deviceId: device.id, payload: { test: id, how: 'command' } });
    showTask(tx, 'alarm-path', device.id);
    await this.wake(tx, 'alarm-path-answer', id, endsBy);
    const { now } = tx;
    tx.afterCommit.push(() => {
      this.remember(id, device, now, endsBy);
      const topic = `steward/v1/${device.estate}/${device.kind}/${device.id}/command`;
      const order = { command: 'alarm-test', id, reason: 'EN 81-28', at: new Date(now).toISOString() };
      this.work.asks.send(topic, JSON.stringify(order));
    });
  }

  private remember(id: string, device: Device, askedAt: number, endsBy: number): void {
    this.running.set(device.id, {
      id,
      device,
      askedAt,
      endsBy,
      trial: new AlarmPathTrial(),
      heardAt: null,
      found: false,
    });
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  private async end(
    tx: EstateTransaction,
    testId: string,
    deviceId: string,
    q: { passed: boolean; heardAt: number | null; reason: string | null; proof: Record<string, unknown> },
  ): Promise<void> {
    const state = q.passed ? ('passed' as const) : ('failed' as const);
    const moved = await tx.trx
      .updateTable('alarm_path_test')
      .set({
        ...{ state, ended_at: tx.at, reason: q.reason, proof: JSON.stringify(q.proof) },
        heard_at: q.heardAt === null ? null : new Date(q.heardAt),
      })
      .where('id', '=', testId)
      .where('state', '=', 'running')
      .returning('id')
      .executeTakeFirst();
    if (!moved) return;
    await dropOpenDeadline(tx, 'alarm-path-answer', testId);
    await this.record(tx, deviceId, testId, q);
    tx.afterCommit.push(() => {
      if (this.running.get(deviceId)?.found) return;
      // What comes too late is a call for help: nobody waits for it any more.
      if (this.running.get(deviceId)?.id === testId) this.running.delete(deviceId);
    });
  }

  /** The result stands on the lift's path; a pass ends its alarm, a failure is tried again. */
  private async record(
    tx: EstateTransaction,
    deviceId: string,
    test: string,
    q: { passed: boolean; reason: string | null; proof: Record<string, unknown> },
  ): Promise<void> {
    const path = await tx.trx
      .selectFrom('alarm_path')
      .selectAll()
      .where('device_id', '=', deviceId)
      .forUpdate()
      .executeTakeFirst();
    const device = this.directory.current.device(deviceId);
    tx.journal({
      kind: q.passed ? 'alarm-path-passed' : 'alarm-path-failed',
      deviceId,
      payload: { test, reason: q.reason, ...q.proof },
    });
    showTask(tx, 'alarm-path', deviceId);
    if (!path || !device) return;
    const fails = q.passed ? 0 : path.fails + 1;
    const last = q.passed ? tx.at : path.last_passed_at;
    await tx.trx
      .updateTable('alarm_path')
      .set({ fails, last_passed_at: last })
      .where('device_id', '=', deviceId)
      .execute();
    const state: AlarmPathState = { provedAt: (last ?? path.since).getTime(), fails, how: pathHow(device) };
    const decision = alarmPathStep(state, tx.now);
    if (decision.raise) await this.raise(tx, device, decision.raise, last);
    else if (q.passed) await this.tellAlarm(tx, device, 'clear', 'the alarm path was proved', {});
    await this.wake(tx, 'alarm-path', deviceId, decision.wakeAt);
  }

  /** A person says that he has pressed: it counts when the call has arrived. */
  private async pressReported(tx: EstateTransaction, row: FollowUpRow, end: FollowUpEnd): Promise<void> {
    const since = row.created_at;
    const heard = await tx.trx
      .selectFrom('journal')
      .select(['at', 'alarm_id'])
      .where('device_id', '=', row.subject_id)
      .where('kind', 'in', ['alarm-raised', 'alarm-recurred'])
      .where('at', '>=', since)
      .orderBy('no', 'desc')
      .execute();
    const calls = await Promise.all(
      heard.map(async (h) => ({
        at: h.at,
        alarm: await tx.trx
          .selectFrom('alarm')
          .select(['id', 'ticket_id', 'event'])
          .where('id', '=', h.alarm_id ?? '')
          .where('event', '=', 'elevator.alarm-button')
          .executeTakeFirst(),
      })),
    );
    const call = calls.find((c) => c.alarm !== undefined);
    if (end.state === 'done' && !call)
      throw new DomainError(
        'conflict',
        'No call from this lift’s button has arrived since. Press it for 4 s, then report.',
        {
          reason: 'no call has arrived',
        },
      );
    const passed = end.state === 'done';
    const id = newId(tx.now);
    const proof = call?.alarm ? { alarm: call.alarm.id, ticket: call.alarm.ticket_id } : {};
    await tx.trx
      .insertInto('alarm_path_test')
      .values({
        ...{ id, device_id: row.subject_id, estate_id: row.estate_id, how: 'press', asked_at: since, asked_by: null },
        ...{ state: passed ? 'passed' : 'failed', ends_by: row.due_at ?? tx.at, heard_at: call?.at ?? null },
        ...{ ended_at: tx.at, reason: end.reason ?? null, proof: JSON.stringify(proof) },
      })
      .execute();
    await this.record(tx, row.subject_id, id, { passed, reason: end.reason ?? null, proof });
  }

  private raise(tx: EstateTransaction, device: Device, reason: string, lastPassed: Date | null): Promise<void> {
    return this.tellAlarm(tx, device, 'raise', reason, { lastPassedAt: lastPassed?.toISOString() ?? null });
  }

  private tellAlarm(
    tx: EstateTransaction,
    device: Device,
    kind: 'raise' | 'clear',
    reason: string,
    evidence: Finding['evidence'],
  ): Promise<void> {
    const finding = { event: 'elevator.alarm-path', subject: deviceSubject(device), since: tx.now } as const;
    return this.flow.apply(tx, { kind, reason, evidence, ...finding }, device);
  }

  private async isBusy(tx: EstateTransaction, device: string): Promise<boolean> {
    const open = await tx.trx
      .selectFrom('alarm')
      .select('id')
      .where('device_id', '=', device)
      .where('priority', '=', 'P1')
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (open) return true;
    // Perhaps asked for by another process.
    const test = await tx.trx
      .selectFrom('alarm_path_test')
      .select('id')
      .where('device_id', '=', device)
      .where('state', '=', 'running')
      .executeTakeFirst();
    return test !== undefined;
  }

  private wake(tx: EstateTransaction, kind: DeadlineKind, key: string, dueAt: number): Promise<void> {
    return setDeadline(tx, { kind, key, ticketId: null, dueAt });
  }
}

/** 0 to 1, the same for the same id. */
function spread(id: string): number {
  let h = 0;
  for (const c of id) h = (h * 31 + (c.codePointAt(0) ?? 0)) % 9973;
  return h / 9973;
}
