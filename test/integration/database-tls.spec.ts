import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { generate } from 'selfsigned';
import { withAuthority } from '../../src/platform/database-urls.js';
import { importWish } from '../support/estate-builder.js';
import { startedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

let database: TestDatabase;
let folder: string;
let authority: string;
let stranger: string;

async function certificate(): Promise<{ cert: string; private: string }> {
  return generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-tls-'));
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: 1 });
  const [server, other] = [await certificate(), await certificate()];
  authority = join(folder, 'authority.pem');
  stranger = join(folder, 'stranger.pem');
  await writeFile(authority, server.cert);
  await writeFile(stranger, other.cert);
  const data = join(database.folder, 'postgres');
  const { uid, gid } = await stat(data);
  for (const [name, text] of [
    ['server.crt', server.cert],
    ['server.key', server.private],
  ] as const) {
    await writeFile(join(data, name), text, { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  await database.pool.query('alter system set ssl = on');
  await database.pool.query('select pg_reload_conf()');
  await until('TLS', 10_000, async () => (await database.rows<{ ssl: string }>('show ssl'))[0]?.ssl === 'on');
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

const encrypted = (): Promise<{ name: string; ssl: boolean }[]> =>
  database.rows(
    `select application_name as name, ssl from pg_stat_activity join pg_stat_ssl using (pid)
     where application_name like 'steward%' and application_name <> 'steward test' and datname = current_database()`,
  );

describe('DATABASE_CA_FILE', () => {
  it('encrypts every connection of the service', async () => {
    const steward = await startedSteward(database, { DATABASE_CA_FILE: authority });
    try {
      const connections = await encrypted();
      expect(connections.length).toBeGreaterThan(8);
      expect(connections.filter((c) => !c.ssl)).toEqual([]);
    } finally {
      await steward.stop();
    }
  });

  it('refuses a server that another authority has signed', async () => {
    const client = new pg.Client(withAuthority(database.url, stranger));
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow(/certificate/);
    await expect(startedSteward(database, { DATABASE_CA_FILE: stranger })).rejects.toThrow(/certificate/);
  });
});
