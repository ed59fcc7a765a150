import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { loadDirectory } from '../estate/load-directory.js';
import { createClient } from '../platform/database.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';

const RECONNECT_MS = 1000;
/** A line that died without a word brings no news: it is asked now and then. */
const HEARTBEAT_MS = 15_000;
const ANSWER_WITHIN_MS = 10_000;

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
  private heartbeat: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly on: { changes: (estate: string) => void; estateChanged: () => void; reconnected: () => void },
  ) {}

  async start(): Promise<void> {
    await this.listen();
    this.heartbeat = setInterval(() => void this.client?.query('select 1').catch(() => undefined), HEARTBEAT_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.heartbeat) clearInterval(this.heartbeat);
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    const client = createClient({ url: this.url, name: 'listen', answerWithinMs: ANSWER_WITHIN_MS });
    client.on('notification', (n) => {
      if (n.channel === 'steward_changes') this.on.changes((n.payload ?? '').replace(/:\d+$/, ''));
      else this.on.estateChanged();
    });
    client.on('end', () => {
      // One that never listened is spoken of by its own failure.
      if (this.client === client) void this.listenAgain();
    });
    await client.connect();
    await client.query('listen steward_changes; listen steward_estate_changed');
    if (this.stopped) await client.end();
    else this.client = client;
  }

  private async listenAgain(): Promise<void> {
    this.client = null;
    for (let told = false; !this.stopped;) {
      await new Promise((r) => setTimeout(r, RECONNECT_MS));
      if (this.stopped) return;
      try {
        await this.listen();
        this.on.reconnected();
        return;
      } catch (error) {
        if (!told) this.log.warn(`not listening to the database: ${(error as Error).message}`);
        told = true;
      }
    }
  }
}
