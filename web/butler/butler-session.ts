import type { Socket } from 'socket.io-client';
import type {
  LocalisationView,
  MeView,
  Names,
  PageEvent,
  RecallEvent,
  RemindEvent,
  TestPageEvent,
  TicketDetail,
} from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { EvidenceUploads } from '../shared/evidence-uploads.js';
import { LinkWatch } from '../shared/link-watch.js';
import { Observable } from '../shared/observable.js';
import { closeTicket, emptyInbox, receivePage, recallPage, ringing, silencePage } from '../shared/page-inbox.js';
import type { PageInbox } from '../shared/page-inbox.js';
import { Ringer } from '../shared/ringer.js';
import { learnServerTime } from '../shared/server-clock.js';
import { silencedPages } from '../shared/silenced-pages.js';
import { openSocket } from '../shared/steward-socket.js';
import type { TaskApi } from '../shared/task-api.js';
import { isGone } from './page-gone.js';
import { Outbox } from './outbox.js';
import { vibrate } from './vibrate.js';

/** Changes of one ticket within this time become one request, ms. */
const SETTLE_MS = 150;

/** Everything the butler's page knows; components watch its parts. Owns the socket, the ringing and the outbox. */
export class ButlerSession {
  readonly watch = new LinkWatch();
  readonly ringer = new Ringer(vibrate);
  readonly me = new Observable<MeView | null>(null);
  readonly zones = new Observable<ReadonlyMap<string, string>>(new Map());
  readonly tickets = new Observable<ReadonlyMap<string, TicketDetail>>(new Map());
  /** The service asks whether this person is still on it. */
  readonly reminder = new Observable<RemindEvent | null>(null);
  readonly inbox = new Observable<PageInbox>(emptyInbox);
  /** Goes up when a job has changed: the task screen asks again. */
  readonly taskVersion = new Observable(0);
  /** Jobs that this person was told of since the task screen was last open. */
  readonly newTasks = new Observable(0);
  /** A test of a channel has come over this screen. */
  readonly tested = new Observable<string | null>(null);
  readonly outbox: Outbox;
  readonly uploads: EvidenceUploads;
  private readonly socket: Socket;
  private readonly soon = new Map<string, ReturnType<typeof setTimeout>>();
  private loading = false;
  private loadAgain = false;

  constructor(
    readonly api: ApiClient,
    token: string,
  ) {
    this.outbox = new Outbox(api, this);
    this.uploads = new EvidenceUploads(
      (u, onShare) => api.addEvidence(u.ticketId, u.step, u.file, onShare),
      (ticketId) => void this.refetch(ticketId),
    );
    this.reminder.subscribe(() => this.ringer.ask(this.reminder.get() !== null));
    this.inbox.subscribe(() => this.ringer.ringFor(ringing(this.inbox.get())));
    // A refused socket may mean an ended login: any REST call finds out.
    this.socket = openSocket('/butler', token, () => void api.me().catch(() => undefined));
    this.socket.on('connect', () => {
      this.watch.setConnected(true);
      void this.load();
    });
    this.socket.on('disconnect', () => this.watch.setConnected(false));
    this.socket.on('heartbeat', ({ at }: { at: string }) => learnServerTime(at));
    this.socket.onAny(() => this.watch.heard());
    this.socket.on('page', (page: PageEvent, delivered?: () => void) => {
      delivered?.(); // at once: it means that this phone has it, not that somebody looked
      if (this.outbox.isAnswered(page.ticketId)) return;
      this.inbox.set(receivePage(this.inbox.get(), page, silencedPages.has(page.pageId)));
      void this.refetch(page.ticketId);
    });
    this.socket.on('test-page', ({ pageId }: TestPageEvent, delivered?: () => void) => {
      delivered?.();
      this.tested.set(pageId);
      void this.ringer.test();
    });
    this.socket.on('remind', (reminder: RemindEvent) => this.reminder.set(reminder));
    this.socket.on('task', () => {
      this.taskVersion.set(this.taskVersion.get() + 1);
      this.newTasks.set(this.newTasks.get() + 1);
    });
    this.socket.on('recall', (recall: RecallEvent) => {
      this.inbox.set(recallPage(this.inbox.get(), recall, this.username));
      if (this.tickets.get().has(recall.ticketId)) void this.refetch(recall.ticketId);
    });
    this.socket.on('ticket', ({ ticketId }: { ticketId: string }) => this.refetchSoon(ticketId));
    addEventListener('online', this.onOnline);
    void this.load();
  }

  stop(): void {
    this.reminder.set(null);
    removeEventListener('online', this.onOnline);
    this.inbox.set(emptyInbox);
    this.ringer.stop();
    this.outbox.stop();
    this.uploads.stop();
    for (const timer of this.soon.values()) clearTimeout(timer);
    this.watch.stop();
    this.socket.disconnect();
  }

  get username(): string {
    return this.me.get()?.username ?? '';
  }

  get taskApi(): TaskApi {
    return this.api.tasks;
  }

  /** Time zone of the estate; a phone's own may differ. */
  get zone(): string | undefined {
    return this.zones.get().values().next().value;
  }

  /** Told to the server when the page stood on a visible screen. */
  reportSeen(pageId: string): void {
    this.socket.emit('seen', { pageId });
  }

  /** A hand has touched the phone: it need not ring any more. */
  silence(pageId: string): void {
    silencedPages.add(pageId);
    this.inbox.set(silencePage(this.inbox.get(), pageId));
  }

  readonly evidence = (ticketId: string, sha256: string): Promise<Blob> => this.api.evidence(ticketId, sha256);

  readonly localisation = (ticketId: string): Promise<LocalisationView> => this.api.localisation(ticketId);

  closeNotice(): void {
    this.inbox.set({ ...this.inbox.get(), notice: null });
  }

  /** Answered here: off the screen, whichever of its pages was touched. */
  dropPages(ticketId: string): void {
    this.inbox.set(closeTicket(this.inbox.get(), ticketId));
  }

  showTaken(ticketId: string, by: string | null, byName: Names | null): void {
    const page = this.inbox.get().open.find((o) => o.page.ticketId === ticketId)?.page;
    const ticket = this.tickets.get().get(ticketId);
    const nowhere = { zh: '', en: '' };
    this.inbox.set({
      ...closeTicket(this.inbox.get(), ticketId),
      notice: {
        ticketId,
        title: page?.title ?? ticket?.title ?? nowhere,
        place: page?.place ?? ticket?.place ?? nowhere,
        by,
        byName,
      },
    });
  }

  put(ticket: TicketDetail): void {
    this.tickets.set(new Map(this.tickets.get()).set(ticket.id, ticket));
  }

  /** Word of every ticket of the estate comes by; only those in this hand matter, and a burst is one request. */
  private refetchSoon(ticketId: string): void {
    if (this.soon.has(ticketId) || !this.tickets.get().has(ticketId)) return;
    const timer = setTimeout(() => {
      this.soon.delete(ticketId);
      void this.refetch(ticketId);
    }, SETTLE_MS);
    this.soon.set(ticketId, timer);
  }

  /** Fetches one ticket and withdraws its pages that are over; keeps what it has when the line is down. */
  async refetch(ticketId: string): Promise<TicketDetail | null> {
    try {
      const ticket = await this.api.ticket(ticketId);
      this.put(ticket);
      this.reconcile(ticket);
      return ticket;
    } catch {
      return null;
    }
  }

  /** All that concerns this person, from scratch: at the start and after each reconnection. */
  private async load(): Promise<void> {
    if (this.loading) {
      this.loadAgain = true;
      return;
    }
    this.loading = true;
    try {
      const me = await this.api.me();
      this.me.set(me);
      this.outbox.restore(me.username);
      const { items } = await this.api.estates();
      this.zones.set(new Map(items.map((e) => [e.id, e.timezone])));
      const lists = await Promise.all(me.estates.map((e) => this.api.tickets(e.id, 'open')));
      const open = lists.flatMap((l) => l.items);
      const mine = open.filter((t) => t.slots.some((s) => s.holder === me.username)).map((t) => t.id);
      const paged = this.inbox.get().open.map((o) => o.page.ticketId);
      // What is known may have ended meanwhile; live pages come again by the socket itself.
      const ids = new Set([...mine, ...paged, ...this.tickets.get().keys()]);
      await Promise.all([...ids].map((id) => this.refetch(id)));
      void this.outbox.flush();
      void this.uploads.flush();
    } catch {
      // The line is down or the login has ended; the socket's next connection loads again.
    } finally {
      this.loading = false;
      if (this.loadAgain) {
        this.loadAgain = false;
        void this.load();
      }
    }
  }

  private reconcile(ticket: TicketDetail): void {
    let inbox = this.inbox.get();
    for (const { page } of inbox.open.filter((o) => o.page.ticketId === ticket.id)) {
      if (!isGone(ticket, page.pageId)) continue;
      const slot = ticket.slots.find((s) => s.slot === page.slot);
      const recall = {
        pageId: page.pageId,
        ticketId: ticket.id,
        by: slot?.holder ?? null,
        byName: slot?.holderName ?? null,
      };
      inbox = recallPage(inbox, { ...recall, reason: slot?.holder ? 'taken' : 'recalled' }, this.username);
    }
    this.inbox.set(inbox);
  }

  private readonly onOnline = (): void => {
    void this.outbox.flush();
    void this.uploads.flush();
  };
}
