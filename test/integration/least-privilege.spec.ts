import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { createDatabase, createPool } from '../../src/platform/database.js';
import { migrate } from '../../src/platform/migrate.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let server: TestDatabase;
/** The database that roles.sql has made, looked at as a superuser. */
let database: TestDatabase;
let ownerUrl: string;
let serviceUrl: string;
/** What an attacker has who has got hold of the service's password. */
let intruder: pg.Client;
let steward: StartedSteward;

const urlAs = (user: string, password: string, name: string): string => {
  const url = new URL(server.url);
  Object.assign(url, { username: user, password, pathname: `/${name}` });
  return url.href;
};

/** What psql does with the file: variables, one statement after the other, and \connect. */
async function runRoles(passwords: Record<string, string>): Promise<void> {
  const text = await readFile(new URL('../../config/postgres/roles.sql', import.meta.url), 'utf8');
  const filled = text.replaceAll(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(passwords[name] ?? ''));
  // The superuser of the test has a database of that name.
  const renamed = filled.replaceAll(/\bsteward\b/g, 'steward_own');
  const [first = '', second = ''] = renamed.split('\\connect steward_own');
  for (const [part, url] of [
    [first, server.url],
    [second, urlOfSteward()],
  ] as const) {
    const client = new pg.Client(url);
    await client.connect();
    const statements = part.replaceAll(/^--.*$/gm, '').split(';');
    for (const s of statements) if (s.trim()) await client.query(s);
    await client.end();
  }
}

const urlOfSteward = (): string => {
  const url = new URL(server.url);
  url.pathname = '/steward_own';
  return url.href;
};

beforeAll(async () => {
  server = await startTestDatabase();
  await runRoles({ owner_password: 'the owner', service_password: "it's the service" });
  ownerUrl = urlAs('steward_owner', 'the owner', 'steward_own');
  serviceUrl = urlAs('steward_service', "it's the service", 'steward_own');
  const pool = createPool({ url: urlOfSteward(), name: 'test' });
  database = {
    ...server,
    url: serviceUrl,
    pool,
    db: createDatabase(pool),
    rows: async <T extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
      (await pool.query<T>(sql, values)).rows,
  };
  const owner = createPool({ url: ownerUrl, name: 'test' });
  await migrate(owner);
  await owner.end();
  await importWish(database.db, { id: 'alpha', doors: 3 });
  steward = await startedSteward(database, { STEWARD_MIGRATION_DATABASE_URL: ownerUrl }, serviceUrl);
  intruder = new pg.Client(serviceUrl);
  await intruder.connect();
});
afterAll(async () => {
  await intruder?.end();
  await steward?.stop();
  await database?.pool.end();
  await server?.stop();
});

const refusal = async (sql: string): Promise<string> => {
  try {
    await intruder.query(sql);
    return 'allowed';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

describe('the service as a role that owns nothing', () => {
  it('may vacuum what the keeper of the history empties, and no other table', async () => {
    const notices: string[] = [];
    intruder.on('notice', (n) => notices.push(n.message ?? ''));
    await intruder.query('vacuum reading_landing');
    await intruder.query('vacuum reading_block');
    expect(notices).toEqual([]);
    await intruder.query('vacuum ticket');
    expect(notices.join()).toContain('permission denied to vacuum "ticket"');
  });

  it('does its whole work: a page rings, is accepted, and the ticket comes to its end', async () => {
    const phone = await steward.socket('butler', 'alpha.butler-1');
    const device = await steward.device('alpha-1-door-1');
    await device.tell({ position: 'closed', access: 'duress' });
    const page = await until('the page', 10_000, () => phone.pages[0]);
    expect(await phone.command('accept', { ticketId: page.ticketId, pageId: page.pageId })).toMatchObject({ ok: true });
    const control = await steward.as('alpha.control-1');
    await control.move(page.ticketId, 'false-alarm', { reason: 'a test' });
    expect((await control.tickets('?state=open')).items).toEqual([]);
    expect(await violations(database)).toEqual([]);
    const ready = await fetch(`${steward.http}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', failing: {}, warnings: {} }]);
    expect(steward.log()).not.toMatch(/permission denied|must be owner/);
  });

  it('does the work that waits, in BullMQ’s tables', async () => {
    const device = await steward.device('alpha-1-door-2');
    await device.tell({ position: 'closed', access: 'duress' });
    await until(
      'the work to be handed over',
      20_000,
      async () => (await database.rows('select 1 from outbox where handed_at is not null')).length > 0,
    );
    const phone = await steward.socket('butler', 'alpha.security-1');
    await until('the page', 20_000, () => phone.pages.length > 0);
    const control = await steward.as('alpha.control-1');
    for (const t of (await control.tickets('?state=open')).items)
      await control.move(t.id, 'false-alarm', { reason: 'a test' });
  });

  it.each([
    ['create table loot (n int)', '42501'],
    ['create schema loot', '42501'],
    ['drop table page', '42501'],
    ['truncate page', '42501'],
    ['alter table alarm add loot int', '42501'],
    ['drop index alarm_one_open', '42501'],
    ['create or replace function close_estate_transaction(text) returns int language sql as $$ select 1 $$', '42501'],
    ['alter table journal disable trigger journal_no_change', '42501'],
    ['drop trigger journal_no_change on journal', '42501'],
    [`update journal set kind = 'nothing happened'`, '42501'],
    ['delete from journal', '42501'],
    ['truncate journal', '42501'],
    [`update schema_migration set checksum = ''`, '42501'],
    ['delete from schema_migration', '42501'],
    ['set role steward_owner', '42501'],
    ['select pg_read_file($$/etc/passwd$$)', '42501'],
    [`copy page to program 'cat'`, '42501'],
  ])('law 12: may not: %s', async (sql, code) => {
    expect(await refusal(sql)).toBe(code);
  });

  it('law 12: a superuser cannot change the journal by mistake either', async () => {
    await expect(database.pool.query('delete from journal')).rejects.toThrow('append-only');
  });

  it('starts on a schema that is up to date without the owner, and names the way out when it is not', async () => {
    await steward.stop();
    const alone = await startedSteward(database, {}, serviceUrl);
    await alone.stop();
    await database.pool.query(`delete from schema_migration where name = (select max(name) from schema_migration)`);
    await expect(startedSteward(database, {}, serviceUrl)).rejects.toThrow('STEWARD_MIGRATION_DATABASE_URL');
  });
});
