import pg from 'pg';
import { createPool } from './database.js';
import { migrate } from './migrate.js';
import { migrateWorkSchema, needsWorkSchema, WORK_SCHEMA } from './postgres-work-store.js';

export interface DatabaseToPrepare {
  /** As the service connects, without a pooler. */
  readonly url: string;
  /** As the owner of the tables; without it the service's own role owns them. */
  readonly ownerUrl: string | undefined;
  /** BullMQ keeps its jobs here. */
  readonly holdsWork: boolean;
}

/**
 * Before anything uses the database: migrations, BullMQ's tables, and, when the owner is another role than the service's,
 * what the service's role may do. Several copies that start at once do it one after the other.
 * @throws DomainError see {@link migrate}
 */
export async function prepareDatabase(
  { url, ownerUrl, holdsWork }: DatabaseToPrepare,
  onProgress: (text: string) => void,
): Promise<void> {
  const service = createPool({ url, name: 'start', max: 1, answerWithinMs: 0 });
  const owner = ownerUrl ? createPool({ url: ownerUrl, name: 'migrations', max: 2, answerWithinMs: 0 }) : service;
  try {
    const role = (await service.query<{ role: string }>('select current_user as role')).rows[0]?.role ?? '';
    const ownerRole = (await owner.query<{ role: string }>('select current_user as role')).rows[0]?.role ?? '';
    if (role === ownerRole) {
      // Looked at first: a role that may not make tables is fine when they are there.
      const work = { isNeeded: needsWorkSchema, run: migrateWorkSchema };
      await migrate(owner, { onProgress, ...(holdsWork ? { afterwards: work } : {}) });
      return;
    }
    await migrate(owner, {
      onProgress,
      afterwards: {
        isNeeded: () => Promise.resolve(true),
        run: async (client) => {
          if (holdsWork) await migrateWorkSchema(client);
          await grant(client, role, holdsWork);
        },
      },
    });
  } finally {
    await service.end();
    if (owner !== service) await owner.end();
  }
}

/**
 * The service's role reads and writes rows of every table, those of later migrations too, and changes no table. The
 * journal it may only add to (law 12), the list of migrations only read.
 */
async function grant(owner: pg.PoolClient, role: string, holdsWork: boolean): Promise<void> {
  const to = pg.escapeIdentifier(role);
  const { rows } = await owner.query<{ schema: string; version: number }>(
    `select current_schema() as schema, current_setting('server_version_num')::int as version`,
  );
  const ours = pg.escapeIdentifier(rows[0]?.schema ?? 'public');
  const statements = [ours, ...(holdsWork ? [WORK_SCHEMA] : [])].flatMap((schema) => [
    `grant usage on schema ${schema} to ${to}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${to}`,
    `grant usage, select on all sequences in schema ${schema} to ${to}`,
    `grant execute on all functions in schema ${schema} to ${to}`,
    `alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${to}`,
    `alter default privileges in schema ${schema} grant usage, select on sequences to ${to}`,
    `alter default privileges in schema ${schema} grant execute on functions to ${to}`,
  ]);
  statements.push(
    `revoke update, delete, truncate on ${ours}.journal, ${ours}.ticket_note from ${to}`,
    `revoke insert, update, delete, truncate on ${ours}.schema_migration from ${to}`,
  );
  // The keeper of the history vacuums what it empties; before PostgreSQL 17 only autovacuum does it for this role.
  if ((rows[0]?.version ?? 0) >= 170_000)
    statements.push(`grant maintain on ${ours}.reading_landing, ${ours}.reading_block to ${to}`);
  // One transaction: a running copy never sees the journal open in between.
  await owner.query(`begin; ${statements.join('; ')}; commit`);
}
