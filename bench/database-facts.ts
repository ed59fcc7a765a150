import pg from 'pg';

export interface DurabilitySettings {
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
}

export interface OpenedTicket {
  readonly id: string;
  readonly device: string;
  readonly event: string;
  /** ms since the epoch */
  readonly openedAt: number;
}

/** What the bench asks the service's database, beside the service. */
export class DatabaseFacts {
  private readonly client: pg.Client;

  private constructor(url: string) {
    this.client = new pg.Client({ connectionString: url, application_name: 'bench' });
    // The service ends its database after the last figure; that is no error of the bench.
    this.client.on('error', () => undefined);
  }

  static async open(url: string): Promise<DatabaseFacts> {
    const facts = new DatabaseFacts(url);
    await facts.client.connect();
    return facts;
  }

  async durability(): Promise<DurabilitySettings> {
    const show = async (name: string): Promise<string> => {
      const { rows } = await this.client.query<Record<string, string>>(`show ${name}`);
      return rows[0]?.[name] ?? 'unknown';
    };
    return {
      fsync: await show('fsync'),
      synchronousCommit: await show('synchronous_commit'),
      fullPageWrites: await show('full_page_writes'),
    };
  }

  /**
   * Waits until readings that have landed are packed and many small blocks are merged, as they are soon after a load.
   * @param ms at most; then the size is told as it is
   * @returns whether they were
   */
  async compacted(ms: number): Promise<boolean> {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, 500))) {
      const { rows } = await this.client.query<{ left: boolean }>(
        `select exists (select from reading_landing) or exists
          (select from reading_block where level = 0 group by device_no, hour having count(*) >= 8) as left`,
      );
      if (rows[0]?.left === false) return true;
    }
    return false;
  }

  /** All relations with their indexes and toast, bytes. */
  async size(): Promise<number> {
    const { rows } = await this.client.query<{ size: string }>('select pg_database_size(current_database()) as size');
    return Number(rows[0]?.size ?? 0);
  }

  async tickets(event: string): Promise<OpenedTicket[]> {
    const { rows } = await this.client.query<{ id: string; device_id: string; event: string; opened_at: Date }>(
      `select id, device_id, event, opened_at from ticket where event like $1 and device_id is not null`,
      [event],
    );
    return rows.map((r) => ({ id: r.id, device: r.device_id, event: r.event, openedAt: r.opened_at.getTime() }));
  }

  /** Tickets of devices that had no reason for one: the background behaves, or the figures mean something else. */
  async unexpectedTickets(): Promise<string[]> {
    const { rows } = await this.client.query<{ event: string; device_id: string | null; n: string }>(
      `select event, min(device_id) as device_id, count(*) as n from ticket
        where device_id is null or (device_id not like 'bn-duress-%' and device_id not like 'bn-trap-%') group by event`,
    );
    return rows.map((r) => `${r.n} × ${r.event} (${r.device_id ?? 'a place'})`);
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
