import { io, type Socket } from 'socket.io-client';
import type { PageEvent } from '../../src/gateway/views.js';
import type { ChaosPerson } from './chaos-estate.js';

export interface ShownPage {
  readonly person: string;
  readonly page: PageEvent;
  /** When it came, ms since the epoch. */
  readonly at: number;
}

/** Telephones that come back by themselves after each kill, and confirm every page that reaches them. */
export class StaffPhones {
  readonly shown: ShownPage[] = [];
  private readonly sockets: Socket[] = [];
  private readonly tokens = new Map<string, string>();

  constructor(private readonly http: string) {}

  async connect(people: readonly ChaosPerson[]): Promise<void> {
    for (const person of people) {
      const token = await this.logIn(person);
      this.tokens.set(person.username, token);
      const namespace = person.role === 'control-room' ? 'control-room' : 'butler';
      const socket = io(`${this.http}/${namespace}`, {
        auth: { token },
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 100,
        reconnectionDelayMax: 500,
      });
      this.sockets.push(socket);
      socket.on('page', (page: PageEvent, delivered?: () => void) => {
        this.shown.push({ person: person.username, page, at: Date.now() });
        delivered?.();
      });
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    }
  }

  /** @returns the HTTP status, or null when no answer came */
  async accept(username: string, ticket: string): Promise<number | null> {
    try {
      const reply = await fetch(`${this.http}/api/v1/tickets/${ticket}/accept`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.tokens.get(username)}`, 'content-type': 'application/json' },
        body: '{}',
      });
      await reply.arrayBuffer();
      return reply.status;
    } catch {
      return null;
    }
  }

  /** @throws for somebody who has not logged in */
  tokenOf(username: string): string {
    const token = this.tokens.get(username);
    if (token === undefined) throw new Error(`${username} has no telephone`);
    return token;
  }

  close(): void {
    for (const s of this.sockets) s.disconnect();
  }

  private async logIn({ username, password }: ChaosPerson): Promise<string> {
    const reply = await fetch(`${this.http}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    if (!reply.ok) throw new Error(`the login of ${username} was refused: ${reply.status}`);
    return ((await reply.json()) as { token: string }).token;
  }
}
