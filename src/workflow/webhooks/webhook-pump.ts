import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { minutes, seconds } from '../../kernel/durations.js';
import type { Metrics } from '../../ops/metrics.js';
import { afterTry, type AfterTry } from './after-try.js';
import { forgetOldDeliveries, noteTry } from './delivery-log.js';
import { TOLD_KINDS } from './webhook-event.js';
import type { JournalRow } from './webhook-message.js';
import type { WebhookRow } from './webhook-registry.js';
import { WebhookSender, type WebhookParts } from './webhook-sender.js';

const EVERY_MS = 1000;
/** (tune) An emergency commits several times within a second; each look is a question to the database. */
const GATHER_MS = 100;
const UPKEEP_MS = minutes(10);
/** Longer than one try takes; an instance that died is followed by another after it. */
const LEASE_MS = seconds(45);
/** Lines that one read brings. */
const AT_ONCE = 50;
/** Tries under way at a time: those that hang are few, for each waits for its back-off. */
const MOST = 64;

interface Cursor {
  readonly webhook_id: string;
  readonly estate_id: string;
  journal_no: number;
  attempts: number;
  /** The newest line when it was looked at. */
  readonly head: number;
}

/**
 * Tells webhooks what the journal says, in its order, at least once. The journal commits with what it tells of, so there is
 * nothing else that could be lost (ADR 0022); a cursor a webhook and estate remembers up to where it has been told. An
 * event that cannot be told holds up those after it, and no other webhook.
 */
export class WebhookPump {
  private readonly log = new Logger(WebhookPump.name);
  private readonly sender: WebhookSender;
  private readonly underWay = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private upkeepTimer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private failing = false;
  private stopped = true;

  constructor(
    private readonly parts: WebhookParts,
    private readonly metrics: Metrics,
  ) {
    this.sender = new WebhookSender(parts);
  }

  start(): void {
    this.stopped = false;
    this.timer = setInterval(() => this.wake(), EVERY_MS);
    this.upkeepTimer = setInterval(() => void this.upkeep(), UPKEEP_MS);
    void this.upkeep();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    if (this.upkeepTimer) clearInterval(this.upkeepTimer);
    await this.looking;
    await Promise.all(this.underWay.values());
  }

  /** Something was committed. Never fails. One look serves all that is committed within {@link GATHER_MS}. */
  wake(): void {
    if (this.stopped) return;
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => (this.looking = null));
  }

  private async look(): Promise<void> {
    while (this.lookAgain && !this.stopped) {
      await pause(GATHER_MS);
      this.lookAgain = false;
      try {
        for (const cursor of await this.behind()) this.begin(cursor);
        this.failing = false;
      } catch (e) {
        if (!this.failing) this.log.warn(`webhooks cannot be looked for: ${(e as Error).message}`);
        this.failing = true;
      }
    }
  }

  private async behind(): Promise<Cursor[]> {
    const now = new Date(this.parts.clock.now());
    return this.parts.db
      .selectFrom('webhook_cursor as c')
      .innerJoin('webhook as w', 'w.id', 'c.webhook_id')
      .innerJoin('estate_head as h', 'h.estate_id', 'c.estate_id')
      .select(['c.webhook_id', 'c.estate_id', 'c.journal_no', 'c.attempts', 'h.journal_no as head'])
      .where('w.active', '=', true)
      .whereRef('h.journal_no', '>', 'c.journal_no')
      .where((e) => e.or([e('c.not_before', 'is', null), e('c.not_before', '<=', now)]))
      .where((e) => e.or([e('c.leased_until', 'is', null), e('c.leased_until', '<', now)]))
      .orderBy('c.not_before', (o) => o.asc().nullsFirst())
      .execute();
  }

  private begin(cursor: Cursor): void {
    const name = `${cursor.webhook_id} ${cursor.estate_id}`;
    if (this.underWay.has(name) || this.underWay.size >= MOST) return;
    const work = this.serve(cursor).then(
      () => this.ended(name),
      (e: Error) => {
        // Looked at again with the next second, not at once: what fails for a reason of ours would turn in a circle.
        this.underWay.delete(name);
        this.log.warn(`webhook ${cursor.webhook_id} could not be served: ${e.message}`);
      },
    );
    this.underWay.set(name, work);
  }

  private ended(name: string): void {
    this.underWay.delete(name);
    this.wake();
  }

  private async serve(found: Cursor): Promise<void> {
    const lease = randomUUID();
    const cursor = await this.claim(found, lease);
    if (!cursor) return;
    try {
      for (let more = true; more && !this.stopped;) more = await this.tellOn(cursor, lease);
    } finally {
      await this.cursorOf(cursor, lease).set({ lease: null, leased_until: null }).execute();
    }
  }

  /** One page of lines. @returns whether there may be more to tell now */
  private async tellOn(cursor: Cursor, lease: string): Promise<boolean> {
    const { db } = this.parts;
    const webhook = await db.selectFrom('webhook').selectAll().where('id', '=', cursor.webhook_id).executeTakeFirst();
    if (!webhook?.active) return false;
    const lines = await db
      .selectFrom('journal')
      .selectAll()
      .where('estate_id', '=', cursor.estate_id)
      .where('no', '>', cursor.journal_no)
      .where('kind', 'in', TOLD_KINDS)
      .orderBy('no')
      .limit(AT_ONCE)
      .execute();
    for (const line of lines) {
      const event = this.sender.eventFor(webhook, line);
      if (!event) continue;
      if (this.stopped || !(await this.renew(cursor, lease))) return false;
      const answer = await this.sender.send(webhook, event, line);
      const now = this.parts.clock.now();
      const attempts = cursor.attempts + 1;
      const after = afterTry(answer, attempts, now - line.at.getTime());
      const moved = await db.transaction().execute(async (trx) => {
        await noteTry(trx, webhook, event, line, { answer, after, attempts, now });
        return this.move(cursor, lease, after, line, trx);
      });
      this.count(webhook, after);
      if (!moved || after.kind === 'again' || after.kind === 'gone') return false;
    }
    if (lines.length === AT_ONCE) {
      const last = lines.at(-1) as JournalRow;
      return this.skipTo(cursor, lease, last.no);
    }
    // What came after the look is for the next one.
    const end = Math.max(cursor.head, lines.at(-1)?.no ?? 0);
    await this.skipTo(cursor, lease, end);
    return false;
  }

  private async claim(found: Cursor, lease: string): Promise<Cursor | null> {
    const now = this.parts.clock.now();
    const row = await this.parts.db
      .updateTable('webhook_cursor')
      .set({ lease, leased_until: new Date(now + LEASE_MS) })
      .where('webhook_id', '=', found.webhook_id)
      .where('estate_id', '=', found.estate_id)
      .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<', new Date(now))]))
      .returning(['journal_no', 'attempts', 'not_before'])
      .executeTakeFirst();
    // Another instance may have tried between the look and now.
    if (!row || (row.not_before && row.not_before.getTime() > now)) {
      if (row) await this.cursorOf(found, lease).set({ lease: null, leased_until: null }).execute();
      return null;
    }
    return { ...found, journal_no: row.journal_no, attempts: row.attempts };
  }

  private async renew(cursor: Cursor, lease: string): Promise<boolean> {
    const until = new Date(this.parts.clock.now() + LEASE_MS);
    const row = await this.cursorOf(cursor, lease).set({ leased_until: until }).returning('lease').executeTakeFirst();
    return row !== undefined;
  }

  /** @returns false when the lease was lost: another instance goes on from what it knows */
  private async move(
    cursor: Cursor,
    lease: string,
    after: AfterTry,
    line: JournalRow,
    on: WebhookParts['db'],
  ): Promise<boolean> {
    const stays = after.kind === 'again';
    const next = {
      journal_no: stays ? cursor.journal_no : line.no,
      attempts: stays ? cursor.attempts + 1 : 0,
      not_before: stays ? new Date(this.parts.clock.now() + after.inMs) : null,
    };
    const row = await this.cursorOf(cursor, lease, on).set(next).returning('lease').executeTakeFirst();
    if (!row) return false;
    if (after.kind === 'gone') {
      const set = { active: false, why_inactive: after.problem };
      await on.updateTable('webhook').set(set).where('id', '=', cursor.webhook_id).execute();
    }
    Object.assign(cursor, { journal_no: next.journal_no, attempts: next.attempts });
    return true;
  }

  private async skipTo(cursor: Cursor, lease: string, no: number): Promise<boolean> {
    if (no <= cursor.journal_no) return false;
    const row = await this.cursorOf(cursor, lease).set({ journal_no: no }).returning('lease').executeTakeFirst();
    cursor.journal_no = no;
    return row !== undefined;
  }

  private cursorOf({ webhook_id, estate_id }: Cursor, lease: string, on = this.parts.db) {
    return on
      .updateTable('webhook_cursor')
      .where('webhook_id', '=', webhook_id)
      .where('estate_id', '=', estate_id)
      .where('lease', '=', lease);
  }

  private count(webhook: WebhookRow, after: AfterTry): void {
    this.metrics.webhookTries.inc({ outcome: after.kind });
    if (after.kind === 'dead' || after.kind === 'gone')
      this.log.warn(`webhook ${webhook.id}: an event was given up: ${after.problem}`);
  }

  private async upkeep(): Promise<void> {
    try {
      await this.parts.registry.followNewEstates();
      await forgetOldDeliveries(this.parts.db, this.parts.clock.now());
    } catch (e) {
      this.log.warn(`webhooks could not be looked after: ${(e as Error).message}`);
    }
  }
}
