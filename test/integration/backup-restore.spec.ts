import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { jpegWithPosition } from '../../src/tickets/evidence/fake-media.js';
import { importWish } from '../support/estate-builder.js';
import { violations } from '../support/invariants.js';
import { ensureBuilt, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { pause, until } from '../support/until.js';

jest.setTimeout(180_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Enough that the snapshot is still being read while the estate goes on. */
const BALLAST_ROWS = 150_000;
/** One emergency each: enough for a slow machine's backup. */
const DOORS = 60;

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'steward-backup-'));
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha', doors: DOORS });
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As `npm run backup` and `npm run restore` do. */
function tool(name: 'backup' | 'restore', file: string, env: Record<string, string>) {
  const module = join(ROOT, `dist/src/platform/backup/${name}-cli.js`);
  const child = spawn(process.execPath, [module, file], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
}

interface JournalRow extends Record<string, unknown> {
  no: number;
  kind: string;
  ticket_id: string | null;
  hash: Buffer;
}
const JOURNAL = 'select no::int as no, kind, ticket_id, hash from journal order by no';

/** Readings without a pause and a duress code now and then. */
async function traffic(steward: StartedSteward) {
  const pipe = await steward.device('alpha-1-pipe');
  let going = true;
  let told = 0;
  let raised = 0;
  const readings = Promise.all(
    Array.from({ length: 10 }, async () => {
      while (going) {
        await pipe.tell({ pressureMpa: 0.3 });
        told++;
      }
    }),
  );
  const emergencies = (async () => {
    for (let i = 1; going && i <= DOORS; i++) {
      const door = await steward.device(`alpha-1-door-${i}`);
      await door.tell({ position: 'closed', access: 'duress' });
      raised++;
      await pause(150);
    }
  })();
  return {
    told: () => told,
    raised: () => raised,
    stop: async () => {
      going = false;
      await Promise.all([readings, emergencies]);
    },
  };
}

describe('a backup under load, restored elsewhere', () => {
  const data = () => join(folder, 'restored');
  const file = () => join(folder, 'steward.backup');
  let other: StartedSteward | null = null;
  afterEach(async () => other?.stop());

  it('holds every ticket, journal line and reading of one moment, and the service goes on from it', async () => {
    await database.pool.query(
      `insert into audit (actor, action, details)
      select 'nobody', 'ballast', jsonb_build_object('no', n, 'text', md5(n::text)) from generate_series(1, $1::int) n`,
      [BALLAST_ROWS],
    );
    const steward = await startedSteward(database);
    const load = await traffic(steward);
    await until('some emergencies before the backup', 30_000, () => load.raised() >= 3 && load.told() > 200);
    const photo = await photographed(steward);
    const before = { told: load.told(), raised: load.raised() };
    const backup = await tool('backup', file(), { DATABASE_URL: database.url, STEWARD_DATA_DIR: database.folder });
    const after = { told: load.told() + 10, raised: load.raised() + 1 }; // those on their way
    await until('more emergencies after it', 30_000, () => load.raised() > after.raised);
    await load.stop();
    await steward.stop();
    expect(backup).toMatchObject({ code: 0 });

    const restored = await tool('restore', file(), { STEWARD_DATA_DIR: data() });
    expect(restored.said).toContain('unbroken');
    expect(restored.code).toBe(0);

    const verified = await onRestored(data(), async (copy) => {
      const then = await copy.rows<JournalRow>(JOURNAL);
      const now = await database.rows<JournalRow>(JOURNAL);
      expect(now.length).toBeGreaterThan(then.length);
      expect(then).toEqual(now.slice(0, then.length));
      // A ticket is there when, and only when, the journal line of its opening is.
      const opened = new Set(then.filter((line) => line.ticket_id).map((line) => line.ticket_id));
      const tickets = await copy.rows<{ id: string }>('select id from ticket order by id');
      expect(tickets.map((t) => t.id)).toEqual([...opened].map(String).sort());
      expect(tickets.length).toBeGreaterThanOrEqual(before.raised);
      expect(tickets.length).toBeLessThanOrEqual(after.raised);
      for (const { id } of tickets) {
        const frozen = `select id, no, event, subject_id, procedure, policy, opened_at from ticket where id = '${id}'`;
        expect(await copy.rows(frozen)).toEqual(await database.rows(frozen));
      }
      expect(await copy.rows(`select count(*)::int as n from audit where action = 'ballast'`)).toEqual([
        { n: BALLAST_ROWS },
      ]);
      expect(await violations(copy)).toEqual([]);
      const kept = await readFile(join(data(), 'evidence', photo.slice(0, 2), photo.slice(2)));
      expect(createHash('sha256').update(kept).digest('hex')).toBe(photo);

      // The service starts on it, has the readings, and opens the next ticket under the next number.
      other = await startedSteward(copy);
      const control = await other.as('alpha.control-1');
      const seqs = (await control.readings('alpha-1-pipe')).map((r) => Number(r.seq)).sort((a, b) => a - b);
      expect(seqs.length).toBeGreaterThanOrEqual(before.told);
      expect(seqs.length).toBeLessThanOrEqual(after.told);
      const door = await other.device('alpha-2-door-1');
      await door.tell({ position: 'closed', access: 'duress' });
      await until('the next ticket', 10_000, async () => {
        const rows = await copy.rows('select 1 from ticket');
        return rows.length === tickets.length + 1;
      });
      await other.stop();
      other = null;
      expect(await violations(copy)).toEqual([]);
      return tickets.length;
    });
    expect(verified).toBeGreaterThan(2);
  });

  it('is refused where something is already, and leaves it alone', async () => {
    const again = await tool('restore', file(), { STEWARD_DATA_DIR: data() });
    expect(again.code).toBe(1);
    expect(again.said).toMatch(/not empty/);
    expect((await tool('backup', file(), { STEWARD_DATA_DIR: data() })).said).toMatch(/exists already/);
  });

  it('is refused when it was cut short, and can be repeated with a whole one', async () => {
    const whole = await readFile(file());
    const cut = join(folder, 'cut.backup');
    await writeFile(cut, whole.subarray(0, Math.floor(whole.length / 2)));
    const lost = join(folder, 'lost.backup');
    const lines = gunzipSync(whole).toString().trim().split('\n');
    await writeFile(lost, gzipSync(`${lines.filter((line) => !line.startsWith('{"end"')).join('\n')}\n`));
    const target = join(folder, 'third');
    for (const damaged of [cut, lost]) {
      const { code, said } = await tool('restore', damaged, { STEWARD_DATA_DIR: target });
      expect(code).toBe(1);
      expect(said).toMatch(/not a whole backup/);
    }
    expect(await tool('restore', file(), { STEWARD_DATA_DIR: target })).toMatchObject({ code: 0 });
  });

  it('is refused by a program that is older than its schema', async () => {
    const newer = join(folder, 'newer.backup');
    const [head, ...rest] = gunzipSync(await readFile(file()))
      .toString()
      .split('\n');
    const parsed = JSON.parse(head ?? '') as { migrations: object[] };
    parsed.migrations.push({ name: '9999-of-the-future.sql', checksum: 'x' });
    await writeFile(newer, gzipSync([JSON.stringify(parsed), ...rest].join('\n')));
    const { code, said } = await tool('restore', newer, { STEWARD_DATA_DIR: join(folder, 'fourth') });
    expect(code).toBe(1);
    expect(said).toMatch(/newer schema.*9999-of-the-future/);
  });
});

/** A photo on the first ticket. @returns its hash */
async function photographed(steward: StartedSteward): Promise<string> {
  const control = await steward.as('alpha.control-1');
  const [ticket] = (await control.tickets()).items;
  const answer = await fetch(`${steward.http}/api/v1/tickets/${ticket!.id}/evidence`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control.token}`, 'content-type': 'image/jpeg' },
    body: new Uint8Array(jpegWithPosition()),
  });
  return ((await answer.json()) as { sha256: string }).sha256;
}

/** Runs `work` on the database of a data folder that was restored. */
async function onRestored<T>(data: string, work: (copy: TestDatabase) => Promise<T>): Promise<T> {
  const copy = await startTestDatabase(data);
  try {
    return await work(copy);
  } finally {
    await copy.stop();
  }
}
