import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { seconds } from '../kernel/durations.js';
import type { Principal } from './principal.js';
import { SessionService } from './session.service.js';

/** What is needed of a Socket.IO socket. */
export interface SessionSocket {
  readonly handshake: { readonly auth?: Record<string, unknown> };
  disconnect(close?: boolean): unknown;
}

/** A session that ended elsewhere, and a role that was taken away, are noticed within this. */
const CHECK_MS = seconds(20);

/**
 * A socket lives no longer than the session that opened it, and no longer than the roles it was opened with: it is ended,
 * and its client comes back with what is true then, or is asked to sign in.
 */
@Injectable()
export class SocketSessions implements OnModuleDestroy {
  private readonly open = new Map<SessionSocket, Principal>();
  private timer: NodeJS.Timeout | null = null;

  constructor(@Inject(SessionService) private readonly sessions: Pick<SessionService, 'authenticate' | 'onLogout'>) {
    sessions.onLogout((token) => {
      for (const socket of [...this.open.keys()]) if (tokenOf(socket) === token) this.end(socket);
    });
  }

  watch(socket: SessionSocket, principal: Principal): void {
    this.open.set(socket, principal);
    this.timer ??= setInterval(() => void this.check(), CHECK_MS);
  }

  forget(socket: SessionSocket): void {
    this.open.delete(socket);
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Asks one after the other: so many at once would crowd out what people wait for. */
  async check(): Promise<void> {
    for (const [socket, principal] of [...this.open]) {
      try {
        const now = await this.sessions.authenticate(tokenOf(socket));
        if (this.open.has(socket) && (!now || !sameRights(now, principal))) this.end(socket);
      } catch {
        // The database is away: nobody is signed out for that, least of all somebody who waits for a page.
        return;
      }
    }
  }

  private end(socket: SessionSocket): void {
    this.open.delete(socket);
    socket.disconnect(true);
  }
}

function tokenOf(socket: SessionSocket): string | undefined {
  const token = socket.handshake.auth?.['token'];
  return typeof token === 'string' ? token : undefined;
}

function sameRights(a: Principal, b: Principal): boolean {
  const rights = (p: Principal): string =>
    p.roles
      .map((r) => `${r.estate} ${r.role}`)
      .sort()
      .join();
  return a.username === b.username && rights(a) === rights(b);
}
