import type { Principal } from './principal.js';
import type { NewSession, SessionStore } from './session-store.port.js';

export interface FakePerson {
  principal: Principal;
  passwordHash: string | null;
  active: boolean;
}

/** The port in memory, for tests; passes the same contract as the real one. */
export class FakeSessionStore implements SessionStore {
  readonly people = new Map<string, FakePerson>();
  readonly sessions = new Map<string, NewSession & { closed: boolean }>();
  /** How often somebody looked a session up. */
  lookups = 0;

  async passwordHash(username: string): Promise<string | null> {
    const person = this.people.get(username);
    return person?.active ? person.passwordHash : null;
  }

  async open(session: NewSession): Promise<void> {
    for (const [key, s] of this.sessions) {
      if (s.username === session.username && s.expiresAt <= session.createdAt) this.sessions.delete(key);
    }
    this.sessions.set(session.tokenSha256, { ...session, closed: false });
  }

  async find(tokenSha256: string, now: number): Promise<{ principal: Principal; expiresAt: number } | null> {
    this.lookups++;
    const session = this.sessions.get(tokenSha256);
    const person = session && this.people.get(session.username);
    if (!session || session.closed || session.expiresAt <= now || !person?.active) return null;
    return { principal: person.principal, expiresAt: session.expiresAt };
  }

  async close(tokenSha256: string): Promise<string | null> {
    const session = this.sessions.get(tokenSha256);
    if (!session || session.closed) return null;
    session.closed = true;
    return session.username;
  }
}
