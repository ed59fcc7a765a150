import type { Principal } from './principal.js';

/** DI token of the {@link SessionStore}. */
export const SESSION_STORE = Symbol('SessionStore');

export interface NewSession {
  readonly tokenSha256: string;
  readonly username: string;
  /** Milliseconds since the epoch, both. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Where sign-ins are kept. Knows nothing of passwords' truth, clocks or caches: times are given to it. */
export interface SessionStore {
  /** The stored password hash of an active person; null when there is none or nobody of that name. */
  passwordHash(username: string): Promise<string | null>;
  /** Keeps the session, and forgets those of the same person that had expired by then. */
  open(session: NewSession): Promise<void>;
  /** Who this is, with the roles as they are now; null when unknown, closed, expired at `now`, or no longer active. */
  find(tokenSha256: string, now: number): Promise<{ principal: Principal; expiresAt: number } | null>;
  /** @returns whose it was; null when there was nothing to close */
  close(tokenSha256: string, now: number): Promise<string | null>;
}
