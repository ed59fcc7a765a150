import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type pg from 'pg';
import { DomainError } from '../../kernel/domain-error.js';
import { migrate } from '../migrate.js';
import { withoutEvidence } from './evidence-files.js';
import { type BackupHead, type BackupLine, FORMAT, FORMAT_VERSION } from './backup-file.js';

const MIGRATIONS = join(import.meta.dirname, '../migrations');

export interface Restored {
  /** Moment as of which the backup was taken, ISO 8601. */
  readonly at: string;
  /** Rows by table. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Brings a backup into an empty database: the schema as it was then, all rows in one transaction (a restore that was
 * interrupted leaves an empty database, and can be repeated), then the migrations that came since. Secrets go into
 * the data folder.
 * @param lines of a backup file
 * @param evidenceFolder where its photos and films go
 * @throws DomainError `conflict` when the database holds something, or the backup is newer than this program; `invalid` when
 *   the file is not a whole backup
 */
export async function restoreBackup(
  pool: pg.Pool,
  dataDir: string,
  lines: AsyncGenerator<BackupLine>,
  evidenceFolder: string,
): Promise<Restored> {
  const first = await lines.next();
  const head = first.done ? null : asHead(first.value);
  if (!head) throw new DomainError('invalid', 'This file is not a backup of Steward.');
  await refuseInUse(pool);
  await refuseFull(pool);
  await refuseOtherSecrets(join(dataDir, 'secrets'), head.secrets);
  await migrateTo(pool, head);
  const client = await pool.connect();
  let counts: Record<string, number>;
  try {
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set timezone = UTC');
    await client.query('begin');
    counts = await load(client, head, withoutEvidence(lines, evidenceFolder));
    await putSecrets(join(dataDir, 'secrets'), head.secrets);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release(true); // its settings were changed
  }
  await migrate(pool);
  return { at: head.at, counts };
}

function asHead(line: BackupLine): BackupHead | null {
  if (!('format' in line) || line.format !== FORMAT) return null;
  if (line.version > FORMAT_VERSION)
    throw new DomainError('conflict', 'This backup was made by a newer Steward. Restore it with that version.');
  return line;
}

/** A service that runs there would go on with what it has in its memory. */
async function refuseInUse(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
    where datname = current_database() and application_name like 'steward %' and application_name <> 'steward restore'`,
  );
  if (rows[0])
    throw new DomainError('conflict', `Steward is running on this database (${rows[0].name}). Stop it first.`);
}

/** Only the service's own tables count: the database may hold those of others in other schemas. */
async function refuseFull(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'schema_migration' order by 1`,
  );
  for (const { name } of rows) {
    const { rowCount } = await pool.query(`select 1 from "${name.replaceAll('"', '""')}" limit 1`);
    if (rowCount)
      throw new DomainError(
        'conflict',
        `The database is not empty: there are rows in "${name}". A restore wants an empty data folder ` +
          '(STEWARD_DATA_DIR), or an empty database (DATABASE_URL).',
      );
  }
}

/** The rows are of the schema that the backup was taken from, which may be older than this program's. */
async function migrateTo(pool: pg.Pool, head: BackupHead): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-schema-'));
  try {
    for (const { name } of head.migrations) {
      const file = join(MIGRATIONS, basename(name));
      const known = await stat(file).catch(() => null);
      if (!known)
        throw new DomainError(
          'conflict',
          `The backup is of a newer schema than this program's: it has migration ${name}. Restore it with that version.`,
        );
      await copyFile(file, join(folder, basename(name)));
    }
    await migrate(pool, { folder });
  } catch (error) {
    // An empty database that a newer program prepared already; its rows would not fit.
    if (error instanceof DomainError && error.message.includes('newer than this program'))
      throw new DomainError(
        'conflict',
        `The empty database has a newer schema than the backup. Give an empty one, without tables. (${error.message})`,
      );
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { rows } = await pool.query<{ name: string; checksum: string }>('select name, checksum from schema_migration');
  const wrong = head.migrations.find((m) => rows.find((r) => r.name === m.name)?.checksum !== m.checksum);
  if (wrong)
    throw new DomainError('conflict', `Migration ${wrong.name} is not the one that the backup was taken with.`);
}

type Table = Extract<BackupLine, { table: string }>;

async function load(
  client: pg.PoolClient,
  head: BackupHead,
  lines: AsyncGenerator<BackupLine>,
): Promise<Record<string, number>> {
  const name = (text: string): string => client.escapeIdentifier(text);
  for (const { name: child, parent, bound } of head.partitions) {
    await client.query(`create table if not exists ${name(child)} partition of ${name(parent)} ${bound}`);
  }
  // Tables come in the order of their names: who points to whom is put back when all rows are there.
  const putBack = await dropForeignKeys(client);
  const counts: Record<string, number> = {};
  let expected: Readonly<Record<string, number>> | null = null;
  let table: Table | null = null;
  for await (const line of lines) {
    if ('table' in line) {
      table = line;
      counts[line.table] = 0;
      // Rules for changes do not hold for rows that were there already.
      await client.query(`alter table ${name(line.table)} disable trigger user`);
    } else if ('rows' in line && table) {
      const columns = table.columns.map(name).join(', ');
      const { rowCount } = await client.query(
        `insert into ${name(table.table)} (${columns}) overriding system value ` +
          `select ${columns} from unnest($1::${name(table.table)}[])`,
        [line.rows],
      );
      counts[table.table] = (counts[table.table] ?? 0) + (rowCount ?? 0);
    } else if ('sequences' in line) {
      for (const [sequence, { last, called }] of Object.entries(line.sequences)) {
        await client.query('select setval($1::regclass, $2::bigint, $3)', [`public.${name(sequence)}`, last, called]);
      }
    } else if ('end' in line) expected = line.counts;
  }
  const short = Object.entries(expected ?? {}).find(([key, count]) => counts[key] !== count);
  if (short) throw new DomainError('invalid', `The backup is damaged: ${short[0]} should have ${short[1]} rows.`);
  for (const key of Object.keys(counts)) await client.query(`alter table ${name(key)} enable trigger user`);
  for (const statement of putBack) await client.query(statement);
  return counts;
}

/** @returns statements that make them again, which also checks every row */
async function dropForeignKeys(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace`);
  for (const { table, name } of rows)
    await client.query(`alter table ${table} drop constraint ${client.escapeIdentifier(name)}`);
  return rows.map(
    ({ table, name, definition }) =>
      `alter table ${table} add constraint ${client.escapeIdentifier(name)} ${definition}`,
  );
}

/** A key that is there already may be the only one that something else can be read with. */
async function refuseOtherSecrets(folder: string, secrets: BackupHead['secrets']): Promise<void> {
  for (const [file, content] of Object.entries(secrets)) {
    const found = await readFile(join(folder, basename(file))).catch(() => null);
    if (found && found.toString('base64') !== content)
      throw new DomainError(
        'conflict',
        `${join(folder, basename(file))} holds another secret than the backup. Give an empty data folder (STEWARD_DATA_DIR).`,
      );
  }
}

async function putSecrets(folder: string, secrets: BackupHead['secrets']): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [file, content] of Object.entries(secrets)) {
    await writeFile(join(folder, basename(file)), Buffer.from(content, 'base64'), { mode: 0o600 });
  }
}
