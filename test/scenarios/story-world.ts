import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ManualClock } from '../../src/kernel/clock.js';
import { importEstate } from '../../src/estate/import-estate.js';
import { readEstateFile } from '../../src/estate/read-estate-file.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';

/** One PostgreSQL for the stories of a file; each story gets a fresh copy of the demo estate in it. */
export interface StoryWorld {
  /** A database in which nothing has happened yet. @param before SQL to run in it */
  freshDatabase(before?: string): Promise<string>;
  end(): Promise<void>;
}

export async function storyWorld(): Promise<StoryWorld> {
  const server: TestDatabase = await startTestDatabase();
  const template = await server.another();
  const read = readEstateFile(await readFile(join(process.cwd(), 'config/demo-estate.yaml'), 'utf8'));
  if (!read.ok) throw new Error(`the demo estate has mistakes: ${JSON.stringify(read.error)}`);
  const file = read.value;
  const now = new ManualClock().now();
  // Nobody signs in here, and a password hash is slow on purpose.
  const staff = file.staff.map((p) => ({ ...p, password: null }));
  await importEstate(template.db, { ...file, staff }, { now });
  const source = new URL(template.url).pathname.slice(1);
  await template.close();
  let made = 0;
  return {
    freshDatabase: async (before) => {
      const name = `story_${++made}`;
      await server.pool.query(`create database ${name} template ${source}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      if (before) {
        const client = new pg.Client({ connectionString: url.href });
        await client.connect();
        await client.query(before);
        await client.end();
      }
      return url.href;
    },
    end: () => server.stop(),
  };
}
