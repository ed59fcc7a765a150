import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { loadDirectory } from '../estate/load-directory.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';

const RECONNECT_MS = 1000;

/** Keeps the directory in memory equal to the database: after our own changes, and when an import tells of others'. */
@Injectable()
export class DirectoryRefresh {
  private readonly log = new Logger(DirectoryRefresh.name);
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly holder: DirectoryHolder,
  ) {}

  /** Resolves when what was committed before the call is in the directory. */
  async now(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.load().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async load(): Promise<void> {
    do {
      this.again = false;
      this.holder.replace(await loadDirectory(this.db));
    } while (this.again);
  }

  quietly(): void {
    this.now().catch((e: Error) => this.log.error(`the estates could not be read again: ${e.message}`));
  }
}

/** Listens on a connection of its own for what other processes commit. */
export class Announcements {
  private readonly log = new Logger(Announcements.name);
  private client: pg.Client | null = null;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly on: { changes: (estate: string) => void; estateChanged: () => void; reconnected: () => void },
  ) {}

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'steward listen', keepAlive: true });
    client.on('notification', (n) => {
      if (n.channel === 'steward_changes') this.on.changes((n.payload ?? '').replace(/:\d+$/, ''));
      else this.on.estateChanged();
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    await client.connect();
    await client.query('listen steward_changes; listen steward_estate_changed');
    this.client = client;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
  }

  private lost(client: pg.Client): void {
    if (this.stopped || (this.client && this.client !== client)) return;
    this.client = null;
    setTimeout(() => {
      if (this.stopped) return;
      this.start().then(
        () => this.on.reconnected(),
        (e: Error) => {
          this.log.warn(`not listening to the database: ${e.message}`);
          this.lost(client);
        },
      );
    }, RECONNECT_MS);
  }
}
