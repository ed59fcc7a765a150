import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import type { Principal } from './principal.js';
import type { NewSession, SessionStore } from './session-store.port.js';

@Injectable()
export class KyselySessionStore implements SessionStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async passwordHash(username: string): Promise<string | null> {
    const person = await this.db
      .selectFrom('person')
      .select('password_hash')
      .where('username', '=', username)
      .where('active', '=', true)
      .executeTakeFirst();
    return person?.password_hash ?? null;
  }

  async open(session: NewSession): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('session')
        .where('username', '=', session.username)
        .where('expires_at', '<=', new Date(session.createdAt))
        .execute();
      await trx
        .insertInto('session')
        .values({
          token_sha256: session.tokenSha256,
          username: session.username,
          created_at: new Date(session.createdAt),
          expires_at: new Date(session.expiresAt),
        })
        .execute();
    });
  }

  async find(tokenSha256: string, now: number): Promise<{ principal: Principal; expiresAt: number } | null> {
    const rows = await this.db
      .selectFrom('session')
      .innerJoin('person', 'person.username', 'session.username')
      .leftJoin('person_role', 'person_role.username', 'session.username')
      .select(['session.username', 'session.expires_at', 'person.name_zh', 'person.name_en'])
      .select(['person_role.estate_id', 'person_role.role'])
      .where('session.token_sha256', '=', tokenSha256)
      .where('session.revoked_at', 'is', null)
      .where('session.expires_at', '>', new Date(now))
      .where('person.active', '=', true)
      .orderBy('person_role.estate_id')
      .orderBy('person_role.role')
      .execute();
    const first = rows[0];
    if (!first) return null;
    const roles = rows.flatMap((r) => (r.estate_id && r.role ? [{ estate: r.estate_id, role: r.role }] : []));
    const principal = { username: first.username, names: { zh: first.name_zh, en: first.name_en }, roles };
    return { principal, expiresAt: first.expires_at.getTime() };
  }

  async close(tokenSha256: string, now: number): Promise<string | null> {
    const closed = await this.db
      .updateTable('session')
      .set({ revoked_at: new Date(now) })
      .where('token_sha256', '=', tokenSha256)
      .where('revoked_at', 'is', null)
      .returning('username')
      .executeTakeFirst();
    return closed?.username ?? null;
  }
}
