import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { hours, seconds } from '../kernel/durations.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { TokenVault } from './token-vault.js';

export interface CommandKey {
  readonly principal: string;
  /** Method and path, with its ids. */
  readonly route: string;
  readonly key: string;
}
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
}
export type Begun =
  | { readonly kind: 'begun'; readonly token: string }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** Another try of it is under way, or has broken off less than a minute ago. */
  | { readonly kind: 'in-flight' }
  /** It was carried out, and its answer is lost: the process ended before it could keep it. */
  | { readonly kind: 'already-done' }
  | { readonly kind: 'other-request' };

export const KEYS_KEPT_MS = hours(24);
/** Longer than any command takes (15 s while the database cannot say what became of a commit). */
const LEASE_MS = seconds(60);

/** Which commands were begun under which keys, and what was answered. One row decides, between instances too. */
@Injectable()
export class IdempotencyStore {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly vault: TokenVault,
  ) {}

  /** @param requestSha256 of what was asked for: query and body */
  async begin(at: CommandKey, requestSha256: string): Promise<Begun> {
    for (;;) {
      const token = randomUUID();
      const now = this.clock.now();
      const fresh = { request_sha256: requestSha256, token, started_at: new Date(now) };
      const first = await this.db
        .insertInto('idempotency_key')
        .values({ ...at, ...fresh })
        .onConflict((c) => c.columns(['principal', 'route', 'key']).doNothing())
        .returning('token')
        .executeTakeFirst();
      if (first) return { kind: 'begun', token };
      const row = await this.db
        .selectFrom('idempotency_key')
        .selectAll()
        .where('principal', '=', at.principal)
        .where('route', '=', at.route)
        .where('key', '=', at.key)
        .executeTakeFirst();
      // Given up between the two statements.
      if (!row) continue;
      const age = now - row.started_at.getTime();
      if (age < KEYS_KEPT_MS) {
        if (row.request_sha256 !== requestSha256) return { kind: 'other-request' };
        if (row.answer !== null && row.status !== null) return this.kept(at, row.status, row.answer_key, row.answer);
        if (age < LEASE_MS) return { kind: 'in-flight' };
        if (row.committed_at !== null) return { kind: 'already-done' };
      }
      // Its process has died before it did anything, or it is a day old. Whoever moves the row first has it.
      const taken = await this.db
        .updateTable('idempotency_key')
        .set({ ...fresh, committed_at: null, status: null, answer_key: null, answer: null })
        .where('token', '=', row.token)
        .where((e) =>
          age < KEYS_KEPT_MS ? e.and([e('committed_at', 'is', null), e('answer', 'is', null)]) : e.val(true),
        )
        .returning('token')
        .executeTakeFirst();
      if (taken) return { kind: 'begun', token };
    }
  }

  async keep(at: CommandKey, token: string, { status, body }: KeptAnswer): Promise<void> {
    const { keyId, sealed } = this.vault.seal(nameOf(at), JSON.stringify({ body }));
    await this.db
      .updateTable('idempotency_key')
      .set({ status, answer_key: keyId, answer: sealed })
      .where('token', '=', token)
      .execute();
  }

  /** It has failed and may be tried again at once; one that was committed all the same stays. */
  async giveUp(token: string): Promise<void> {
    await this.db.deleteFrom('idempotency_key').where('token', '=', token).where('committed_at', 'is', null).execute();
  }

  private kept(at: CommandKey, status: number, keyId: string | null, sealed: string): Begun {
    const text = this.vault.open(nameOf(at), { keyId: keyId ?? '', sealed });
    // The key of the vault was changed: the answer is lost, what it tells of is not.
    if (text === null) return { kind: 'already-done' };
    return { kind: 'answered', answer: { status, body: (JSON.parse(text) as { body?: unknown }).body } };
  }
}

/** Sealed in with the answer: one that was moved to another row does not open. */
const nameOf = ({ principal, route, key }: CommandKey): string =>
  JSON.stringify(['idempotency', principal, route, key]);

/** Keys are good for a day. */
export async function forgetOldKeys(db: Kysely<Database>, now: number): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('started_at', '<', new Date(now - KEYS_KEPT_MS))
    .execute();
}
