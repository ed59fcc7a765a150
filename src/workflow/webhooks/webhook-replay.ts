import { randomUUID } from 'node:crypto';
import { DomainError } from '../../kernel/domain-error.js';
import { afterTry } from './after-try.js';
import { noteTry } from './delivery-log.js';
import { WebhookSender, type WebhookParts } from './webhook-sender.js';

/** Name of its queue in the outbox. */
export const WEBHOOK_REPLAY = 'webhook-replay';
/** Tries of one that a person asked for; then it is dead again. */
const TRIES = 5;

/** Tells again what was given up (or anything else that was told), beside the order of what happens now. */
export class WebhookReplay {
  private readonly sender: WebhookSender;

  constructor(private readonly parts: WebhookParts) {
    this.sender = new WebhookSender(parts);
  }

  /** @param delivery its id; null = all that were given up. @returns how many are on their way */
  async ask(webhook: string, delivery: string | null): Promise<number> {
    const now = new Date(this.parts.clock.now());
    return this.parts.db.transaction().execute(async (trx) => {
      let q = trx.updateTable('webhook_delivery').set({ state: 'trying', replay: true, attempts: 0 });
      q = q.where('webhook_id', '=', webhook).where('state', 'in', delivery ? ['dead', 'delivered'] : ['dead']);
      if (delivery) q = q.where('id', '=', delivery);
      const rows = await q.returning('id').execute();
      if (rows.length === 0) {
        if (delivery === null) return 0;
        const there = await trx
          .selectFrom('webhook_delivery')
          .select('id')
          .where('id', '=', delivery)
          .executeTakeFirst();
        if (!there) throw new DomainError('not-found', 'There is no such delivery.');
        throw new DomainError('conflict', 'It is being tried already.', { reason: 'trying' });
      }
      const jobs = rows.map(({ id }) => ({
        queue: WEBHOOK_REPLAY,
        job_id: `${WEBHOOK_REPLAY}-${id}-${randomUUID()}`,
        payload: JSON.stringify({ delivery: id }),
        not_before: now,
        created_at: now,
      }));
      await trx.insertInto('outbox').values(jobs).execute();
      return rows.length;
    });
  }

  /** One try, as the queue asks for it. @returns true when nothing is left to do */
  async perform(payload: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { db, clock } = this.parts;
    const id = String(payload['delivery']);
    const row = await db.selectFrom('webhook_delivery').selectAll().where('id', '=', id).executeTakeFirst();
    if (row?.state !== 'trying' || !row.replay) return true;
    const webhook = await db.selectFrom('webhook').selectAll().where('id', '=', row.webhook_id).executeTakeFirst();
    const line = await db
      .selectFrom('journal')
      .selectAll()
      .where('estate_id', '=', row.estate_id)
      .where('no', '=', row.journal_no)
      .executeTakeFirst();
    const event = webhook && line && this.sender.eventFor({ events: [] }, line);
    if (!webhook || !line || !event) return true;
    const answer = await this.sender.send(webhook, event, line);
    const attempts = row.attempts + 1;
    const told = afterTry(answer, attempts, 0);
    const after = told.kind === 'again' && attempts >= TRIES ? { kind: 'dead' as const, problem: told.problem } : told;
    await noteTry(db, webhook, event, line, { answer, after, attempts, now: clock.now() });
    return after.kind !== 'again';
  }
}
