import type { ApiClient } from '../shared/api-client.js';
import { ApiError } from '../shared/api-error.js';
import { formatTime } from '../shared/format-time.js';
import { text } from '../shared/i18n/text.js';
import { Observable } from '../shared/observable.js';
import { safeStorage } from '../shared/safe-storage.js';
import { alreadyDone } from './already-done.js';
import type { ButlerSession } from './butler-session.js';
import { drain, readQueue, writeQueue, type SendResult, type UnsentAction } from './unsent-queue.js';

type Draft = UnsentAction extends infer A ? (A extends UnsentAction ? Omit<A, 'id' | 'at' | 'tries'> : never) : never;

/** Try again while the socket may not even know that the line is back, ms. */
const RETRY_MS = 3000;
/** Sent later than this after it was done, an action carries its own time as a note, ms. */
const LATE_MS = 15_000;

/** What the butler does goes through here: into the queue on this phone, then to the service, in order. */
export class Outbox {
  readonly queue = new Observable<readonly UnsentAction[]>([]);
  /** The last refusal in the service's words, until the reader closes it. */
  readonly refused = new Observable<string | null>(null);
  private username = '';
  private flushing = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly api: ApiClient,
    private readonly session: Pick<ButlerSession, 'put' | 'refetch' | 'tickets' | 'dropPages' | 'showTaken' | 'zone'>,
  ) {}

  restore(username: string): void {
    if (this.username === username) return;
    this.username = username;
    this.queue.set([...readQueue(safeStorage, username), ...this.queue.get()]);
  }

  /** Queues it and tries to send; true when the line was up (whatever the service said). */
  async act(draft: Draft): Promise<boolean> {
    const action: UnsentAction = {
      ...draft,
      id: `${Date.now()}-${Math.random().toString(36).slice(2)}`,
      at: Date.now(),
      tries: 0,
    };
    this.save([...this.queue.get(), action]);
    await this.flush();
    return !this.queue.get().some((a) => a.id === action.id);
  }

  /** An accept or decline of this ticket is on its way: do not show its page again. */
  isAnswered(ticketId: string): boolean {
    return this.queue
      .get()
      .some((a) => a.kind === 'move' && a.ticketId === ticketId && (a.move === 'accept' || a.move === 'decline'));
  }

  async flush(): Promise<void> {
    if (this.flushing) return this.settled();
    this.flushing = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const result = await drain(
      this.queue.get,
      (q) => this.save(q),
      (a) => this.send(a),
    );
    this.flushing = false;
    if (result === 'offline') this.timer = setTimeout(() => void this.flush(), RETRY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private async settled(): Promise<void> {
    while (this.flushing) await new Promise((r) => setTimeout(r, 50));
  }

  private save(queue: readonly UnsentAction[]): void {
    this.queue.set(queue);
    if (this.username !== '') writeQueue(safeStorage, this.username, queue);
  }

  private async send(action: UnsentAction): Promise<SendResult> {
    try {
      const note = lateNote(action, this.session.zone);
      if (action.kind === 'move') {
        this.session.put(
          await this.api.move(action.ticketId, action.move, note ? { ...action.body, note } : action.body),
        );
        if (action.pageId) this.session.dropPages(action.ticketId);
      } else {
        const step = await this.api.step(action.ticketId, action.no, action.change, action.note ?? note);
        const ticket = this.session.tickets.get().get(action.ticketId);
        if (ticket) this.session.put({ ...ticket, steps: ticket.steps.map((s) => (s.no === step.no ? step : s)) });
      }
      return 'sent';
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 401) return 'offline';
      return this.refusedBy(error, action);
    }
  }

  private async refusedBy(error: ApiError, action: UnsentAction): Promise<SendResult> {
    const ticket = await this.session.refetch(action.ticketId);
    if (error.status === 409 && action.tries > 0 && ticket && alreadyDone(ticket, action, this.username)) return 'sent';
    if (action.kind === 'move' && action.move === 'accept') {
      const slot = ticket?.slots.find((s) => s.slot === action.body.slot);
      const byName = error.holderName ?? slot?.holderName ?? null;
      if (byName) this.session.showTaken(action.ticketId, error.holder ?? slot?.holder ?? null, byName);
      else this.refused.set(error.message);
      this.session.dropPages(action.ticketId);
    } else this.refused.set(inWords(error));
    return 'refused';
  }
}

const language = (): 'zh' | 'en' => (document.documentElement.lang.startsWith('en') ? 'en' : 'zh');

/** What comes first, in the reader's language; else the service's words. */
const inWords = (error: ApiError): string => {
  if (error.missing.length === 0) return error.message;
  const steps = error.missing.map((m) => `${m.no} ${m.title[language()]}`).join('; ');
  return text(language(), 'error.missingSteps', { steps });
};

const lateNote = (action: UnsentAction, timeZone: string | undefined): string | undefined => {
  if (Date.now() - action.at < LATE_MS) return undefined;
  return text(language(), 'butler.sendLate', { time: formatTime(action.at, timeZone) });
};
