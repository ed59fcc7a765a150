import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importEstate } from '../../src/estate/import-estate.js';
import { migrate } from '../../src/platform/migrate.js';
import { estateFile, estateYaml, importWish } from '../support/estate-builder.js';
import { DeviceClient } from '../support/device-client.js';
import { ensureBuilt, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TABLES = [
  ...['organisation', 'region', 'estate', 'estate_head', 'building', 'riser', 'unit', 'zone', 'zone_building'],
  ...['zone_unit', 'device', 'person', 'person_role', 'roster_entry', 'audit'],
];
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'steward-import-'));
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every row with the transaction that wrote it: what is written anew with the same content shows too. */
async function everything(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const t of TABLES) all[t] = await database.rows(`select xmin::text, t.* from ${t} t order by t::text`);
  return all;
}

async function importCli(file: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  ensureBuilt();
  const env = { ...process.env, DATABASE_URL: database.url };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/src/estate/import-cli.js', file, ...args],
      { cwd: ROOT, env },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('importing an estate', () => {
  it('writes the whole file, and nothing at all the second time', async () => {
    const file = estateFile({ id: 'alpha', passwords: true });
    const first = await importEstate(database.db, file, { now: Date.now() });
    expect(first).toMatchObject({ updated: 0, unchanged: 0, removed: 0, missing: [] });
    expect(Object.keys(first.tokens)).toHaveLength(file.devices.length);
    const before = await everything();
    const second = await importEstate(database.db, file, { now: Date.now() });
    expect(second).toEqual({ created: 0, updated: 0, unchanged: first.created, removed: 0, missing: [], tokens: {} });
    expect(await everything()).toEqual(before);
  });

  it.each(['building', 'unit', 'device', 'person_role', 'roster_entry', 'audit'])(
    'leaves nothing of it when %s fails in the middle',
    async (table) => {
      await database.pool.query(
        `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused by a test'; end $$`,
      );
      await database.pool.query(
        `create trigger refusal before insert on ${table} for each row execute function refuse()`,
      );
      const before = await everything();
      try {
        const other = importEstate(database.db, estateFile({ id: 'gamma' }), { now: Date.now() });
        await expect(other).rejects.toThrow('refused by a test');
        expect(await everything()).toEqual(before);
      } finally {
        await database.pool.query('drop function refuse() cascade');
      }
    },
  );

  it('of one file by two processes at once writes it once', async () => {
    const file = estateFile({ id: 'delta' });
    const done = await Promise.all([1, 2, 3].map(() => importEstate(database.db, file, { now: Date.now() })));
    const total = done.reduce((n, d) => n + d.created, 0);
    expect(done.map((d) => d.created).sort((a, b) => a - b)).toEqual([0, 0, total]);
  });

  it('refuses ids that belong to another estate, and a device that would change its kind', async () => {
    const text = estateYaml({ id: 'alpha' });
    const stolen = join(folder, 'stolen.yaml');
    await writeFile(stolen, text.replace('id: alpha\n', 'id: thief\n'));
    const before = await everything();
    const theft = await importCli(stolen);
    expect(theft).toMatchObject({ code: 1, out: '' });
    expect(theft.err).toContain('building "alpha-1" belongs to the estate "alpha"');
    const changed = join(folder, 'changed.yaml');
    await writeFile(changed, text.replace(/id: alpha-1-pipe\n(\s+)like: pipe/, 'id: alpha-1-pipe\n$1like: door'));
    const change = await importCli(changed);
    expect(change.code).toBe(1);
    expect(change.err).toContain('device "alpha-1-pipe" is a pipe-sensor, not a gate');
    expect(await everything()).toEqual(before);
  });

  it('names every mistake with its line, and imports nothing of such a file', async () => {
    const path = join(folder, 'wrong.yaml');
    const text = estateYaml({ id: 'epsilon' });
    await writeFile(
      path,
      text.replace('occupancy: vacant', 'occupancy: haunted').replace(/role: security$/m, 'role: wizard'),
    );
    const before = await everything();
    const { code, out, err } = await importCli(path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const lines = text.split('\n');
    expect(err).toContain(`${path}:${lines.findIndex((l) => l.includes('occupancy: vacant')) + 1}:`);
    expect(err).toContain(`${path}:${lines.findIndex((l) => l.endsWith('role: security')) + 1}:`);
    expect(err).toContain('nothing was imported');
    expect(await everything()).toEqual(before);
  });
});

describe('the schema on a database with data', () => {
  it('is brought up to date a second time without changing a row', async () => {
    const before = await everything();
    expect(await migrate(database.pool)).toEqual([]);
    expect(await everything()).toEqual(before);
  });
});

describe('a running service', () => {
  let steward: StartedSteward;
  beforeAll(async () => {
    await importWish(database.db, { id: 'zeta' });
    steward = await startedSteward(database);
  });
  afterAll(() => steward?.stop());

  it('knows a new device after an import, without a restart', async () => {
    const control = await steward.as('zeta.control-1');
    const place = { id: 'zeta-1-lift-3', estate: 'zeta', kind: 'elevator' };
    await expect(DeviceClient.connect(steward.mqtt, place)).rejects.toThrow();
    const path = join(folder, 'zeta.yaml');
    const tokens = join(folder, 'tokens.json');
    await writeFile(path, estateYaml({ id: 'zeta', lifts: 3 }));
    expect(await importCli(path, '--tokens-out', tokens)).toMatchObject({ code: 0, err: '' });
    const token = (JSON.parse(await readFile(tokens, 'utf8')) as Record<string, string>)[place.id]!;
    const device = await until('the new device to be let in', 5000, () =>
      DeviceClient.connect(steward.mqtt, place, { password: token }).catch(() => null),
    );
    await device.tell({ floor: 1 });
    await device.close();
    expect((await control.readings(place.id)).map((r) => r.values)).toEqual([{ floor: 1 }]);
    expect((await control.devices('?kind=elevator')).items.map((d) => d.id)).toContain(place.id);
  });

  it('lets somebody whose role was taken away see nothing more within seconds', async () => {
    const butler = await steward.as('zeta.butler-3');
    expect((await butler.ask('GET', '/tickets?estate=zeta')).status).toBe(200);
    const path = join(folder, 'zeta.yaml');
    const text = estateYaml({ id: 'zeta', lifts: 3 });
    await writeFile(path, text.replace(/ {2}- username: zeta\.butler-3\n(?: {4}.*\n)+/, ''));
    expect((await importCli(path)).out).toContain('1 removed');
    await until(
      'the end of his rights',
      7000,
      async () => (await butler.ask('GET', '/tickets?estate=zeta')).status === 404,
    );
    expect((await butler.get<{ items: unknown[] }>('/estates')).items).toEqual([]);
  });

  it('keeps a running hold over an import', async () => {
    const pipe = await steward.device('zeta-1-pipe');
    await pipe.tell({ wet: true });
    await steward.advance(6000);
    expect((await importCli(join(folder, 'zeta.yaml'))).code).toBe(0);
    await steward.advance(5000);
    await pipe.tell({ wet: true });
    const control = await steward.as('zeta.control-1');
    expect(await control.ticketsOf('zeta-1-pipe')).toMatchObject([{ event: 'pipe.leak' }]);
  });
});
