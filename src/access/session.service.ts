import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { hours, seconds } from '../kernel/durations.js';
import { err, ok, type Result } from '../kernel/result.js';
import { AuditService } from './audit.service.js';
import { generateToken, sha256Hex } from './device-credentials.js';
import { LoginThrottle } from './login-throttle.js';
import { hashPassword, verifyPassword } from './password.js';
import { PasswordTurns } from './password-turns.js';
import type { Principal } from './principal.js';
import { SESSION_STORE, type SessionStore } from './session-store.port.js';

/** DI token of the number of hours that a sign-in lasts (STEWARD_SESSION_HOURS). */
export const SESSION_HOURS = Symbol('SessionHours');

/** How long a role that was taken away, or a person who left, may still pass. */
const CACHE_MS = seconds(5);
const MAX_CACHED = 10_000;

export type LoginRefusal = { reason: 'wrong-credentials' } | { reason: 'throttled'; retryAfterS: number };

@Injectable()
export class SessionService {
  private readonly throttle = new LoginThrottle();
  private readonly turns = new PasswordTurns();
  private readonly cache = new Map<string, { principal: Principal; until: number }>();
  /** Grows with every logout: an answer read before it must not enter the cache after it. */
  private logouts = 0;
  private decoy: Promise<string> | undefined;
  private readonly logoutListeners: ((token: string) => void)[] = [];

  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    @Inject(AuditService) private readonly audit: Pick<AuditService, 'record'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SESSION_HOURS) private readonly sessionHours: number,
  ) {}

  /** @param ip where the attempt comes from: five failures a minute are counted for each user name and address */
  async login(
    username: string,
    password: string,
    ip: string,
  ): Promise<Result<{ token: string; expiresAt: number }, LoginRefusal>> {
    const key = `${ip} ${username}`;
    const closed = this.throttled(key);
    if (closed) return err(closed);
    const stored = await this.store.passwordHash(username);
    const right = await this.turns.take(async () => verifyPassword(password, stored ?? (await this.decoyHash())));
    const closedMeanwhile = this.throttled(key);
    if (closedMeanwhile) return err(closedMeanwhile);
    if (stored === null || !right) {
      if (this.throttle.failed(key, this.clock.now())) {
        await this.audit.record({ actor: null, action: 'session.refused', target: username, details: { ip } });
      }
      return err({ reason: 'wrong-credentials' });
    }
    this.throttle.succeeded(key);
    return ok(await this.open(username, ip));
  }

  /** Told of each session that is closed here, by its token. */
  onLogout(listener: (token: string) => void): void {
    this.logoutListeners.push(listener);
  }

  async logout(token: string): Promise<void> {
    const tokenSha256 = sha256Hex(token);
    const username = await this.store.close(tokenSha256, this.clock.now());
    this.logouts++;
    this.cache.delete(tokenSha256);
    for (const listener of this.logoutListeners) listener(token);
    if (username) await this.audit.record({ actor: username, action: 'session.closed', target: username });
  }

  /** Who holds this token; null = sign in again. Cheap enough for every heartbeat of a socket. */
  async authenticate(token: string | undefined): Promise<Principal | null> {
    if (!token || token.length > 200) return null;
    const tokenSha256 = sha256Hex(token);
    const now = this.clock.now();
    const cached = this.cache.get(tokenSha256);
    if (cached && cached.until > now) return cached.principal;
    this.cache.delete(tokenSha256);
    const logoutsBefore = this.logouts;
    const found = await this.store.find(tokenSha256, now);
    if (!found) return null;
    if (this.logouts === logoutsBefore) {
      if (this.cache.size >= MAX_CACHED) this.cache.clear();
      this.cache.set(tokenSha256, {
        principal: found.principal,
        until: Math.min(now + CACHE_MS, found.expiresAt),
      });
    }
    return found.principal;
  }

  private async open(username: string, ip: string): Promise<{ token: string; expiresAt: number }> {
    const token = generateToken();
    const createdAt = this.clock.now();
    const expiresAt = createdAt + hours(this.sessionHours);
    await this.store.open({ tokenSha256: sha256Hex(token), username, createdAt, expiresAt });
    await this.audit.record({ actor: username, action: 'session.opened', target: username, details: { ip } });
    return { token, expiresAt };
  }

  private throttled(key: string): LoginRefusal | null {
    const waitMs = this.throttle.waitMs(key, this.clock.now());
    return waitMs > 0 ? { reason: 'throttled', retryAfterS: Math.ceil(waitMs / 1000) } : null;
  }

  /** What an unknown name's password is compared with, so that the delay does not tell which names exist. */
  private decoyHash(): Promise<string> {
    this.decoy ??= Promise.resolve(hashPassword(generateToken()));
    return this.decoy;
  }
}
