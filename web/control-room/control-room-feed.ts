import type { Socket } from 'socket.io-client';
import type {
  ChangeEvent,
  DeviceView,
  EstateView,
  LiveEvent,
  MeView,
  PageEvent,
  RecallEvent,
  RemindEvent,
  TestPageEvent,
  ResetEvent,
  Role,
} from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { emptyEstate, nextEstate, type EstateInput, type EstateState } from '../shared/estate-store.js';
import { LinkWatch } from '../shared/link-watch.js';
import { Observable } from '../shared/observable.js';
import { emptyInbox, receivePage, recallPage, ringing, silencePage, closeTicket } from '../shared/page-inbox.js';
import type { PageInbox } from '../shared/page-inbox.js';
import { Ringer } from '../shared/ringer.js';
import { learnServerTime } from '../shared/server-clock.js';
import { silencedPages } from '../shared/silenced-pages.js';
import { openSocket } from '../shared/steward-socket.js';

export type LiveDevices = Readonly<Record<string, LiveEvent['devices'][string]>>;
/** Who may sit at this desk. */
const DESK_ROLES = new Set<Role>(['control-room', 'supervisor', 'project-manager']);
/** A failed load is tried again after this many milliseconds. */
const RETRY_MS = 2000;

/** Everything the control room knows; components watch its parts. Owns the socket and performs the store's effects. */
export class ControlRoomFeed {
  readonly watch = new LinkWatch();
  readonly ringer = new Ringer();
  readonly me = new Observable<MeView | null>(null);
  readonly estates = new Observable<readonly EstateView[] | null>(null);
  readonly states = new Observable<ReadonlyMap<string, EstateState>>(new Map());
  readonly devices = new Observable<ReadonlyMap<string, readonly DeviceView[]>>(new Map());
  readonly live = new Observable<LiveDevices>({});
  /** The service asks whether this person is still on it. */
  readonly reminder = new Observable<RemindEvent | null>(null);
  readonly inbox = new Observable<PageInbox>(emptyInbox);
  private readonly socket: Socket;
  private stopped = false;

  constructor(
    private readonly api: ApiClient,
    token: string,
  ) {
    this.reminder.subscribe(() => this.ringer.ask(this.reminder.get() !== null));
    this.inbox.subscribe(() => this.ringer.ringFor(ringing(this.inbox.get())));
    // A refused socket may mean an ended login: any REST call finds out.
    this.socket = openSocket('/control-room', token, () => void api.me().catch(() => undefined));
    this.socket.on('connect', () => {
      this.watch.setConnected(true);
      for (const estate of this.states.get().keys()) this.feed(estate, { type: 'connected', now: Date.now() });
    });
    this.socket.on('disconnect', () => this.watch.setConnected(false));
    this.socket.onAny(() => this.watch.heard());
    this.socket.on('change', (change: ChangeEvent) =>
      this.feed(change.estate, { type: 'change', change, now: Date.now() }),
    );
    this.socket.on('reset', (reset: ResetEvent) => this.feed(reset.estate, { type: 'reset' }));
    this.socket.on('live', (live: LiveEvent) => {
      learnServerTime(live.at);
      this.live.set({ ...this.live.get(), ...live.devices });
      this.feed(live.estate, { type: 'live', seq: live.seq, now: Date.now() });
    });
    this.socket.on('page', (page: PageEvent, delivered?: () => void) => {
      delivered?.(); // at once: it means that this screen has it, not that somebody looked
      this.inbox.set(receivePage(this.inbox.get(), page, silencedPages.has(page.pageId)));
    });
    this.socket.on('test-page', (_test: TestPageEvent, delivered?: () => void) => {
      delivered?.();
      void this.ringer.test();
    });
    this.socket.on('remind', (reminder: RemindEvent) => this.reminder.set(reminder));
    this.socket.on('recall', (recall: RecallEvent) =>
      this.inbox.set(recallPage(this.inbox.get(), recall, this.username)),
    );
    void this.start();
  }

  stop(): void {
    this.reminder.set(null);
    this.stopped = true;
    this.inbox.set(emptyInbox);
    this.ringer.stop();
    this.watch.stop();
    this.socket.disconnect();
  }

  get username(): string {
    return this.me.get()?.username ?? '';
  }

  /** The operator has looked: the bell stops, and the service is told. */
  seen(pageId: string): void {
    if (!this.inbox.get().open.some((o) => o.page.pageId === pageId)) return;
    this.socket.emit('seen', { pageId });
    silencedPages.add(pageId);
    this.inbox.set(silencePage(this.inbox.get(), pageId));
  }

  seenTicket(ticketId: string): void {
    for (const { page } of this.inbox.get().open) if (page.ticketId === ticketId) this.seen(page.pageId);
  }

  dropPages(ticketId: string): void {
    this.inbox.set(closeTicket(this.inbox.get(), ticketId));
  }

  closeNotice(): void {
    this.inbox.set({ ...this.inbox.get(), notice: null });
  }

  private async start(): Promise<void> {
    try {
      const me = await this.api.me();
      const { items } = await this.api.estates();
      const watched = new Set(me.roles.filter((r) => DESK_ROLES.has(r.role)).map((r) => r.estate));
      const estates = items.filter((e) => watched.has(e.id));
      this.me.set(me);
      this.estates.set(estates);
      this.states.set(new Map(estates.map((e) => [e.id, emptyEstate(e.id)])));
      if (estates.length === 0) this.socket.disconnect();
      for (const { id } of estates) {
        this.feed(id, { type: 'connected', now: Date.now() });
        void this.loadDevices(id);
      }
    } catch {
      this.later(() => void this.start());
    }
  }

  private feed(estate: string, input: EstateInput): void {
    const before = this.states.get().get(estate);
    if (!before) return;
    const { state, effect } = nextEstate(before, input);
    if (state !== before) this.states.set(new Map(this.states.get()).set(estate, state));
    if (effect === 'resume' && this.socket.connected) this.socket.emit('resume', { estate, lastSeq: state.seq });
    if (effect === 'load') void this.load(estate);
  }

  private async load(estate: string): Promise<void> {
    try {
      const [alarms, tickets] = await Promise.all([this.api.alarms(estate), this.api.tickets(estate, 'all')]);
      this.feed(estate, { type: 'loaded', alarms, tickets, now: Date.now() });
    } catch {
      this.feed(estate, { type: 'load-failed' });
      this.later(() => this.feed(estate, { type: 'reset' }));
    }
  }

  private async loadDevices(estate: string): Promise<void> {
    try {
      const { items } = await this.api.devices(estate);
      this.devices.set(new Map(this.devices.get()).set(estate, items));
    } catch {
      this.later(() => void this.loadDevices(estate));
    }
  }

  private later(what: () => void): void {
    setTimeout(() => {
      if (!this.stopped) what();
    }, RETRY_MS);
  }
}
