import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { newId } from '../../kernel/ids.js';
import type { TokenVault } from '../../access/token-vault.js';
import type { Database } from '../../platform/database-schema.js';
import {
  DEFAULT_REACH,
  tidyChoices,
  type ChannelChoice,
  type PushAddress,
  type QuietHours,
  type Reach,
  type WebhookAddress,
} from './reach.js';

/** What a person may change; a part that is left out stays as it is. */
export interface ReachChange {
  readonly choices?: readonly ChannelChoice[];
  readonly lang?: 'zh' | 'en';
  readonly quiet?: QuietHours | null;
  readonly webhook?: WebhookAddress | null;
  readonly email?: string | null;
}
export interface PushDevice {
  readonly id: string;
  readonly label: string;
  readonly createdAt: Date;
}

const webhookScope = (person: string): string => `webhook:${person}`;
const emailScope = (person: string): string => `email:${person}`;
const pushScope = (person: string): string => `push:${person}`;
/** A person has a telephone, a tablet and a few screens. */
const MOST_SUBSCRIPTIONS = 10;

/**
 * How everybody is reached, kept in memory: a page asks for it while it holds a ticket's lock. Read again after each change,
 * here or in another copy (NOTIFY).
 */
export class ReachBook {
  private readonly log = new Logger(ReachBook.name);
  private reaches: ReadonlyMap<string, Reach> = new Map();

  constructor(
    private readonly db: Kysely<Database>,
    private readonly vault: TokenVault,
    private readonly vapidPublic: string,
  ) {}

  of = (person: string): Reach => this.reaches.get(person) ?? DEFAULT_REACH;

  async load(): Promise<void> {
    const made = new Map<string, { -readonly [K in keyof Reach]: Reach[K] }>();
    const entry = (person: string) => {
      const known = made.get(person) ?? { ...DEFAULT_REACH };
      made.set(person, known);
      return known;
    };
    for (const p of await this.db.selectFrom('channel_preference').selectAll().execute()) {
      const quiet = p.quiet_from !== null && p.quiet_to !== null ? { from: p.quiet_from, to: p.quiet_to } : null;
      Object.assign(entry(p.username), { choices: tidyChoices(p.channels as ChannelChoice[]), lang: p.lang, quiet });
    }
    for (const a of await this.db.selectFrom('channel_address').selectAll().execute()) {
      const { username, key_id: keyId, sealed } = a;
      const scope = a.channel === 'webhook' ? webhookScope(username) : emailScope(username);
      const opened = this.vault.open(scope, { keyId, sealed });
      if (opened === null) this.log.warn(`the ${a.channel} of ${username} was sealed with another key: enter it anew`);
      else if (a.channel === 'webhook') entry(username).webhook = JSON.parse(opened) as WebhookAddress;
      else entry(username).email = opened;
    }
    for (const s of await this.db.selectFrom('push_subscription').selectAll().orderBy('created_at').execute()) {
      const opened = this.vault.open(pushScope(s.username), { keyId: s.key_id, sealed: s.sealed });
      if (opened === null || s.vapid_public !== this.vapidPublic) continue;
      const push = { id: s.id, ...(JSON.parse(opened) as Omit<PushAddress, 'id'>) };
      entry(s.username).push = [...entry(s.username).push, push];
    }
    this.reaches = made;
  }

  loadQuietly(): void {
    this.load().catch((e: Error) => this.log.error(`how people are reached could not be read again: ${e.message}`));
  }

  async change(person: string, change: ReachChange, by: string, now: number): Promise<void> {
    const at = new Date(now);
    await this.db.transaction().execute(async (trx) => {
      const old = this.of(person);
      const { choices = old.choices, lang = old.lang } = change;
      const quiet = change.quiet === undefined ? old.quiet : change.quiet;
      const row = {
        username: person,
        channels: JSON.stringify(tidyChoices(choices)),
        lang,
        quiet_from: quiet?.from ?? null,
        quiet_to: quiet?.to ?? null,
        updated_at: at,
        updated_by: by,
      };
      await trx
        .insertInto('channel_preference')
        .values(row)
        .onConflict((c) => c.column('username').doUpdateSet(row))
        .execute();
      const addresses = [
        ['webhook', webhookScope(person), change.webhook && JSON.stringify(change.webhook)],
        ['email', emailScope(person), change.email],
      ] as const;
      for (const [channel, scope, text] of addresses) {
        if (text === undefined) continue;
        await trx.deleteFrom('channel_address').where('username', '=', person).where('channel', '=', channel).execute();
        if (text === null) continue;
        const { keyId: key_id, sealed } = this.vault.seal(scope, text);
        await trx
          .insertInto('channel_address')
          .values({ username: person, channel, key_id, sealed, updated_at: at })
          .execute();
      }
      await announce(trx);
    });
    await this.load();
  }

  /** A browser that subscribes again, or for somebody else who signed in on it, is one subscription. @returns its id */
  async subscribe(person: string, push: Omit<PushAddress, 'id'> & { label: string }, now: number): Promise<string> {
    const { label, ...keys } = push;
    const { keyId: key_id, sealed } = this.vault.seal(pushScope(person), JSON.stringify(keys));
    const row = { username: person, key_id, sealed, vapid_public: this.vapidPublic, label, created_at: new Date(now) };
    const endpoint_sha256 = createHash('sha256').update(push.endpoint).digest('hex');
    const { id } = await this.db.transaction().execute(async (trx) => {
      const kept = await trx
        .insertInto('push_subscription')
        .values({ id: newId(now), endpoint_sha256, ...row })
        .onConflict((c) => c.column('endpoint_sha256').doUpdateSet(row))
        .returning('id')
        .executeTakeFirstOrThrow();
      const newest = trx
        .selectFrom('push_subscription')
        .select('id')
        .where('username', '=', person)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(MOST_SUBSCRIPTIONS);
      await trx.deleteFrom('push_subscription').where('username', '=', person).where('id', 'not in', newest).execute();
      await announce(trx);
      return kept;
    });
    await this.load();
    return id;
  }

  /** @returns false when the person has no such subscription */
  async unsubscribe(person: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('push_subscription')
      .where('id', '=', id)
      .where('username', '=', person)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await announce(this.db);
    await this.load();
    return true;
  }

  /** Browsers of a person, the newest first; those that asked with old keys are left out, they will ask again. */
  async devices(person: string): Promise<PushDevice[]> {
    const rows = await this.db
      .selectFrom('push_subscription')
      .select(['id', 'label', 'created_at'])
      .where('username', '=', person)
      .where('vapid_public', '=', this.vapidPublic)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map((r) => ({ id: r.id, label: r.label, createdAt: r.created_at }));
  }
}

/** Other copies read what changed (src/workflow/directory-refresh.ts listens). */
async function announce(db: Kysely<Database>): Promise<void> {
  await sql`select pg_notify('steward_estate_changed', 'channels')`.execute(db);
}
