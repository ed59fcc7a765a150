import { io, type Socket } from 'socket.io-client';
import type { PageEvent } from '../src/gateway/views.js';
import type { Login } from './bench-estate.js';

/** A page as it came to a person's socket. `at` by `performance.now()` of this process. */
export interface ReceivedPage {
  readonly person: string;
  readonly at: number;
  readonly page: PageEvent;
}

/** The same page again so soon was sent twice; a later one is a repeat of a page that nobody answered (domain §7). */
const REPEAT_AFTER_MS = 5000;

/** Everybody on duty with a phone that is online: pages are received, acknowledged as delivered, and answered. */
export class StaffPhones {
  readonly received: ReceivedPage[] = [];
  private readonly sockets: Socket[] = [];
  private readonly tokens = new Map<string, string>();
  private readonly answered = new Set<string>();
  private readonly answers: Promise<void>[] = [];
  failedAnswers = 0;

  /**
   * @param answerAfterMs so long after its page the control room ends a duress ticket, as people would do something
   *                      about it; null = never, so that every ticket goes on escalating
   */
  constructor(
    private readonly http: string,
    private readonly logins: readonly Login[],
    private readonly answerAfterMs: number | null,
  ) {}

  async connect(): Promise<void> {
    for (const login of this.logins) {
      const token = await this.logIn(login);
      this.tokens.set(login.username, token);
      const namespace = login.role === 'control-room' ? 'control-room' : 'butler';
      const socket = io(`${this.http}/${namespace}`, { auth: { token }, transports: ['websocket'], forceNew: true });
      this.sockets.push(socket);
      socket.on('page', (page: PageEvent, delivered?: () => void) => {
        this.received.push({ person: login.username, at: performance.now(), page });
        delivered?.();
        this.answer(page);
      });
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', () => resolve());
        socket.once('connect_error', reject);
      });
    }
  }

  /** First arrival of each ticket's page at one person. */
  firstPages(person: string): Map<string, ReceivedPage> {
    const first = new Map<string, ReceivedPage>();
    for (const r of this.received) {
      if (r.person === person && !first.has(r.page.ticketId)) first.set(r.page.ticketId, r);
    }
    return first;
  }

  /**
   * `doubled`: two page ids for one ticket, slot, round, level, person and channel (law 5). `shownTwice`: the same page
   * again within seconds, which a phone hides.
   */
  doubled(ofTickets: ReadonlySet<string>): { doubled: number; shownTwice: number } {
    const ids = new Map<string, string>();
    const shown = new Map<string, number>();
    let doubled = 0;
    let shownTwice = 0;
    for (const { person, at, page } of this.received) {
      if (!ofTickets.has(page.ticketId)) continue;
      // Every page here came over one channel, the websocket.
      const key = [page.ticketId, page.slot, page.round, page.level, person].join('/');
      const known = ids.get(key);
      if (known !== undefined && known !== page.pageId) doubled++;
      ids.set(key, page.pageId);
      const last = shown.get(page.pageId);
      if (last !== undefined && at - last < REPEAT_AFTER_MS) shownTwice++;
      shown.set(page.pageId, at);
    }
    return { doubled, shownTwice };
  }

  async close(): Promise<void> {
    await Promise.all(this.answers);
    for (const s of this.sockets) s.disconnect();
  }

  private answer(page: PageEvent): void {
    const desk = this.logins.find((l) => l.role === 'control-room');
    if (this.answerAfterMs === null || page.event !== 'gate.duress' || !desk || this.answered.has(page.ticketId))
      return;
    this.answered.add(page.ticketId);
    const call = async (): Promise<void> => {
      await new Promise((r) => setTimeout(r, this.answerAfterMs ?? 0));
      const reply = await fetch(`${this.http}/api/v1/tickets/${page.ticketId}/false-alarm`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.tokens.get(desk.username)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ reason: 'bench' }),
      });
      if (!reply.ok) this.failedAnswers++;
      await reply.arrayBuffer();
    };
    this.answers.push(call().catch(() => void this.failedAnswers++));
  }

  private async logIn({ username, password }: Login): Promise<string> {
    const reply = await fetch(`${this.http}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    if (!reply.ok) throw new Error(`the login of ${username} was refused: ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { token: string }).token;
  }
}
