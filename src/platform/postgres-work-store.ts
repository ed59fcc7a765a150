import {
  assertSchemaCompatibility,
  createPostgresBackend,
  runMigrations,
  SchemaMigrationRequiredError,
  withBackend,
  type Processor,
  type Queue,
  type Worker,
} from 'bullmq';
import pg from 'pg';
import { OutlivingClient } from './outliving-client.js';
import type { Work, WorkStore } from './work-store.js';

/** BullMQ's tables, apart from ours. */
export const WORK_SCHEMA = 'bullmq';

const onPostgres = withBackend(createPostgresBackend);

/** Queues of outbound work. On PostgreSQL each has a sequence, which a role that may not make any cannot do without. */
const QUEUES = ['page-delivery', 'page-channel', 'notice-delivery', 'webhook-replay'];

/** Makes or updates BullMQ's own tables. Needs a connection that may make schemas and tables. */
export async function migrateWorkSchema(owner: pg.PoolClient): Promise<void> {
  await runMigrations(owner, WORK_SCHEMA);
  for (const queue of QUEUES) {
    const name = `select ${WORK_SCHEMA}.job_id_seq_name($1) as name`;
    const sequence = (await owner.query<{ name: string }>(name, [queue])).rows[0]?.name ?? '';
    await owner.query(`create sequence if not exists ${WORK_SCHEMA}.${pg.escapeIdentifier(sequence)}`);
  }
}

/** Whether BullMQ's tables are missing or older than this program. @throws Error when they are newer */
export async function needsWorkSchema(client: pg.PoolClient): Promise<boolean> {
  try {
    await assertSchemaCompatibility(client, WORK_SCHEMA);
    return false;
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return true;
    throw error;
  }
}

/** BullMQ on PostgreSQL, in a schema of its own, which must be there ({@link migrateWorkSchema}) unless `migrate`. */
export class PostgresWorkStore implements WorkStore {
  readonly name = 'PostgreSQL';
  readonly waitsAtStart = true;

  constructor(
    private readonly url: string,
    private readonly migrate = true,
  ) {}

  queue(name: string): Queue<Work> {
    return new onPostgres.Queue<Work>(name, { connection: this.connection(2) }) as unknown as Queue<Work>;
  }

  worker(name: string, work: Processor<Work>, concurrency: number): Worker<Work> {
    const made = new onPostgres.Worker<Work>(name, work, { connection: this.connection(3), concurrency });
    return made as unknown as Worker<Work>;
  }

  /** The readiness of the database itself is asked elsewhere. */
  ping(): Promise<void> {
    return Promise.resolve();
  }

  onBack(): void {
    // It forgets nothing that was committed.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private connection(max: number) {
    const { url: connectionString, migrate } = this;
    return {
      ...{ connectionString, max, migrate, schema: WORK_SCHEMA },
      ...{ Client: OutlivingClient, keepAlive: true, connectionTimeoutMillis: 5000, application_name: 'steward work' },
    };
  }
}
