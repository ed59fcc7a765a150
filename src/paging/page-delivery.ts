import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import type { PageCourier, OutgoingPage, Recall } from './page-courier.port.js';
import type { RemindEvent } from '../gateway/views.js';
import { pageEvent } from './page-event.js';
import type { PageReceipts } from '../workflow/page-receipts.js';
import type { PersonSockets } from './person-sockets.js';
import { WebsocketChannel } from './channels/websocket-channel.js';

const RECALLED_KEPT = 10_000;

/**
 * Carries pages to the sockets of their person. The first try is made straight after the commit; what is not
 * confirmed is tried again by the queue (page-repeats) and when the person connects. The phone drops an id it has shown.
 */
export class PageDelivery implements PageCourier {
  private readonly log = new Logger(PageDelivery.name);
  /** A recall may overtake a send that is under way in this process: such a page must not ring any more. */
  private readonly recalled = new Set<string>();
  /** What is open, as one way among others. */
  readonly channel: WebsocketChannel;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly sockets: PersonSockets,
    private readonly receipts: PageReceipts,
    private readonly directory: DirectoryHolder,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.channel = new WebsocketChannel(sockets);
  }

  send(pages: readonly OutgoingPage[]): void {
    for (const p of pages) {
      try {
        this.hand(p);
      } catch (error) {
        this.log.error(`page ${p.page.id} could not be handed over: ${(error as Error).message}`);
      }
    }
  }

  recall(recalls: readonly Recall[]): void {
    for (const { person, event } of recalls) {
      if (this.recalled.size > RECALLED_KEPT) this.recalled.clear();
      this.recalled.add(event.pageId);
      for (const s of this.sockets.of(person)) s.emit('recall', event);
    }
  }

  remind(person: string, event: RemindEvent): void {
    for (const s of this.sockets.of(person)) s.emit('remind', event);
  }

  /** Looks again at one page and tries once more if it still waits. @returns true when nothing is left to do */
  async retry(pageId: string): Promise<boolean> {
    const found = await this.waiting((q) => q.where('page.id', '=', pageId));
    const p = found[0];
    if (!p || (p.page.state !== 'queued' && p.page.state !== 'sent')) return true;
    this.hand(p);
    return false;
  }

  /** The person has just connected: everything that still rings for him is shown again, each call once. */
  async catchUp(person: string): Promise<void> {
    const calls = new Map<string, OutgoingPage>();
    for (const p of await this.waiting((q) => q.where('page.person', '=', person))) {
      const call = `${p.page.ticket_id} ${p.page.slot} ${p.page.round}`;
      if (!calls.has(call) || p.page.channel === 'websocket') calls.set(call, p);
    }
    for (const p of calls.values()) this.hand(p);
  }

  private hand(p: OutgoingPage): void {
    if (this.recalled.has(p.page.id)) return;
    if (!this.channel.ready(p.page.person)) return;
    this.channel.hand(p.page.person, pageEvent(p, this.directory.current), () =>
      this.receipts.note(p.page.estate_id, p.page.id, 'delivered'),
    );
    this.receipts.note(p.page.estate_id, p.page.id, 'sent');
    // A repeat of a page that nobody has answered says nothing about how long pages take.
    if (p.page.state === 'queued')
      this.metrics.pageSeconds.observe((this.clock.now() - p.page.created_at.getTime()) / 1000);
  }

  private async waiting(
    narrow: (q: ReturnType<PageDelivery['query']>) => ReturnType<PageDelivery['query']>,
  ): Promise<OutgoingPage[]> {
    const pages = await narrow(this.query()).execute();
    if (pages.length === 0) return [];
    const tickets = await this.db
      .selectFrom('ticket')
      .selectAll()
      .where('id', 'in', [...new Set(pages.map((p) => p.ticket_id))])
      .execute();
    const byId = new Map(tickets.map((t) => [t.id, t]));
    return pages.flatMap((page) => {
      const ticket = byId.get(page.ticket_id);
      return ticket ? [{ page, ticket, seq: 0 }] : [];
    });
  }

  private query() {
    return this.db
      .selectFrom('page')
      .selectAll('page')
      .where('page.state', 'in', ['queued', 'sent', 'delivered', 'seen'])
      .orderBy('page.created_at');
  }
}
