import { Logger } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { Metrics } from '../ops/metrics.js';
import type { EstateTransactions } from '../platform/estate-transaction.js';
import type { PageRow } from '../tickets/ticket-record.js';
import { pageView } from '../tickets/ticket-views.js';

export type Receipt = 'sent' | 'delivered' | 'seen';

const RANK: Readonly<Record<Receipt, number>> = { sent: 1, delivered: 2, seen: 3 };
/** Receipts of one emergency come within milliseconds of each other: one transaction takes them all. */
const GATHER_MS = 30;
const RETRY_MS = 500;
const STOP_MS = 2000;

/** All receipts of one transaction in one statement. */
const MOVE = `update page p set state = m.state, sent_at = m.sent_at, delivered_at = m.delivered_at, seen_at = m.seen_at,
    attempts = m.attempts
  from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::int[])
    as m(id, state, sent_at, delivered_at, seen_at, attempts)
  where p.id = m.id`;

const moveParameters = (pages: readonly PageRow[]): unknown[] => [
  pages.map((p) => p.id),
  pages.map((p) => p.state),
  pages.map((p) => p.sent_at),
  pages.map((p) => p.delivered_at),
  pages.map((p) => p.seen_at),
  pages.map((p) => p.attempts),
];

/** Writes down what phones confirm: a page only moves forward, and each step is seen by the control room. */
export class PageReceipts {
  private readonly log = new Logger(PageReceipts.name);
  private readonly waiting = new Map<string, Map<string, Receipt>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly writing = new Set<string>();
  private stopped = false;

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly metrics: Metrics,
  ) {}

  note(estate: string, pageId: string, receipt: Receipt): void {
    let pages = this.waiting.get(estate);
    if (!pages) this.waiting.set(estate, (pages = new Map()));
    const known = pages.get(pageId);
    if (!known || RANK[known] < RANK[receipt]) pages.set(pageId, receipt);
    this.schedule(estate, GATHER_MS);
  }

  async flushAll(): Promise<void> {
    for (const estate of [...this.waiting.keys()]) await this.write(estate);
  }

  /** Writes what waits, also what comes in meanwhile; what the database does not take in time the phones tell again. */
  async stop(): Promise<void> {
    const give = performance.now() + STOP_MS;
    while ((this.waiting.size > 0 || this.writing.size > 0) && performance.now() < give) {
      await this.flushAll();
      if (this.writing.size > 0) await new Promise((r) => setTimeout(r, 5));
    }
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private schedule(estate: string, ms: number): void {
    if (this.stopped || this.timers.has(estate) || this.writing.has(estate)) return;
    this.timers.set(
      estate,
      setTimeout(() => {
        this.timers.delete(estate);
        void this.write(estate);
      }, ms),
    );
  }

  private async write(estate: string): Promise<void> {
    const pages = this.waiting.get(estate);
    if (!pages || pages.size === 0 || this.writing.has(estate)) return;
    this.waiting.delete(estate);
    this.writing.add(estate);
    let nextMs = GATHER_MS;
    try {
      await this.store(estate, pages);
    } catch (error) {
      this.log.error(`receipts of ${pages.size} pages could not be stored: ${(error as Error).message}`);
      // Nothing confirmed is forgotten: it is tried again with what has come since.
      for (const [id, r] of pages) this.noteQuietly(estate, id, r);
      nextMs = RETRY_MS;
    } finally {
      this.writing.delete(estate);
      if ((this.waiting.get(estate)?.size ?? 0) > 0) this.schedule(estate, nextMs);
    }
  }

  private noteQuietly(estate: string, id: string, receipt: Receipt): void {
    let pages = this.waiting.get(estate);
    if (!pages) this.waiting.set(estate, (pages = new Map()));
    const known = pages.get(id);
    if (!known || RANK[known] < RANK[receipt]) pages.set(id, receipt);
  }

  private async store(estate: string, receipts: ReadonlyMap<string, Receipt>): Promise<void> {
    const moved = await this.transactions.run(estate, async (tx) => {
      // In a fixed order, so that two writers never wait for each other in a circle.
      const rows = await tx.trx
        .selectFrom('page')
        .selectAll()
        .where('id', 'in', [...receipts.keys()])
        .where('state', 'in', ['queued', 'sent', 'delivered', 'seen'])
        .orderBy('id')
        .forUpdate()
        .execute();
      const moved: typeof rows = [];
      for (const page of rows) {
        const receipt = receipts.get(page.id);
        if (!receipt || RANK[receipt] <= (page.state === 'queued' ? 0 : RANK[page.state as Receipt])) continue;
        Object.assign(page, {
          state: receipt,
          sent_at: page.sent_at ?? tx.at,
          delivered_at: RANK[receipt] >= RANK.delivered ? (page.delivered_at ?? tx.at) : null,
          seen_at: receipt === 'seen' ? tx.at : null,
          attempts: page.attempts + (receipt === 'sent' ? 1 : 0),
        });
        tx.change({ type: 'page', entityId: page.id, payload: () => ({ ...pageView(page, this.directory.current) }) });
        moved.push(page);
      }
      if (moved.length > 0) await tx.trx.executeQuery(CompiledQuery.raw(MOVE, moveParameters(moved)));
      const confirmed = rows.filter((p) => p.delivered_at !== null).map((p) => `page-${p.id}`);
      if (confirmed.length > 0) {
        // The phone has it: nobody need wake in ten seconds to look.
        await tx.trx
          .updateTable('deadline')
          .set({ served_at: tx.at, outcome: 'delivered' })
          .where('kind', '=', 'undelivered')
          .where(
            'key',
            'in',
            confirmed.map((job) => job.slice('page-'.length)),
          )
          .where('served_at', 'is', null)
          .execute();
      }
      if (confirmed.length > 0) await tx.trx.deleteFrom('outbox').where('job_id', 'in', confirmed).execute();
      return moved.map((p) => p.state);
    });
    for (const state of moved) this.metrics.pages.inc({ state });
  }
}
