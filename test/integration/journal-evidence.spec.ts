import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { importWish } from '../support/estate-builder.js';
import { ensureBuilt, startedSteward, type StartedSteward } from '../support/started-steward.js';
import { startTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let database: TestDatabase;
let steward: StartedSteward;

beforeAll(async () => {
  database = await startTestDatabase();
  await importWish(database.db, { id: 'alpha' });
  await importWish(database.db, { id: 'beta' });
  steward = await startedSteward(database);
  for (const estate of ['alpha', 'beta']) {
    const door = await steward.device(`${estate}-1-door-1`);
    await door.tell({ access: 'duress' });
    const control = await steward.as(`${estate}.control-1`);
    const [ticket] = await control.ticketsOf(`${estate}-1-door-1`);
    const butler = await steward.as(`${estate}.butler-1`);
    await butler.move(ticket!.id, 'accept', { note: '收到 “on my way”' });
    await butler.move(ticket!.id, 'en-route');
    await control.move(ticket!.id, 'false-alarm', { reason: 'déjà vu \u{1F600}' });
  }
  await until('the journal of both', 5000, async () => (await lines()) >= 10);
});
afterAll(async () => {
  await steward?.stop();
  await database?.stop();
});

const lines = async (): Promise<number> =>
  (await database.rows<{ n: number }>('select count(*) as n from journal'))[0]?.n ?? 0;

function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  ensureBuilt();
  const cli = 'dist/src/workflow/journal-verify-cli.js';
  const env = { ...process.env, DATABASE_URL: database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: ROOT, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** Changes the journal behind its trigger, asks the command, and puts everything back. */
async function forged(sql: string): Promise<{ code: number; out: string; err: string }> {
  await database.pool.query('create table journal_kept as table journal');
  await database.pool.query('create table head_kept as table estate_head');
  await database.pool.query('alter table journal disable trigger user');
  try {
    const { rowCount } = await database.pool.query(sql);
    expect(rowCount).toBeGreaterThan(0);
    return await verify();
  } finally {
    await database.pool.query('delete from journal');
    await database.pool.query('insert into journal table journal_kept');
    await database.pool.query(
      'update estate_head h set journal_no = k.journal_no, journal_hash = k.journal_hash from head_kept k where k.estate_id = h.estate_id',
    );
    await database.pool.query('alter table journal enable trigger user');
    await database.pool.query('drop table journal_kept, head_kept');
  }
}

describe('law 12: the journal is evidence', () => {
  it('verifies from the first line to the head, for every estate or for one', async () => {
    const all = await verify();
    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out).toMatch(/^alpha: \d+ lines, unbroken\nbeta: \d+ lines, unbroken\n$/);
    const one = await verify('--estate', 'beta');
    expect(one.out).toMatch(/^beta: \d+ lines, unbroken\n$/);
  });

  it('names an estate that does not exist, and a wrong call', async () => {
    expect(await verify('--estate', 'gamma')).toMatchObject({ code: 1, err: 'there is no estate "gamma"\n' });
    expect((await verify('--what')).code).toBe(2);
  });

  it.each([
    ['an update', "update journal set payload = '{}' where no = 1"],
    ['a delete', 'delete from journal where no = 1'],
    ['a truncate', 'truncate journal'],
  ])('refuses %s', async (_, sql) => {
    const before = await lines();
    await expect(database.pool.query(sql)).rejects.toThrow('the journal is append-only');
    expect(await lines()).toBe(before);
  });

  it.each([
    ['payload', `set payload = jsonb_set(payload, '{forged}', 'true')`],
    ['actor', `set actor = 'somebody.else'`],
    ['time', `set at = at + interval '1 millisecond'`],
    ['time within its millisecond', `set at = at + interval '1 microsecond'`],
    ['kind', `set kind = kind || 'x'`],
    ['ticket', 'set ticket_id = gen_random_uuid()'],
    ['hash', `set hash = set_byte(hash, 0, get_byte(hash, 0) # 1)`],
  ])('finds a %s changed behind the trigger, with its line', async (_, change) => {
    const { code, out, err } = await forged(`update journal ${change} where estate_id = 'alpha' and no = 3`);
    expect(code).toBe(1);
    expect(err).toContain('alpha: line 3: its content is not what was hashed');
    expect(out).toMatch(/^beta: \d+ lines, unbroken\n$/);
  });

  it('finds a line that was taken out, and lines taken off the end', async () => {
    const middle = await forged(`delete from journal where estate_id = 'alpha' and no = 2`);
    expect(middle).toMatchObject({ code: 1 });
    expect(middle.err).toBe('alpha: line 3: 1 line before it missing\n');
    const last = (
      await database.rows<{ no: number }>(`select max(no) as no from journal where estate_id = 'alpha'`)
    )[0]!;
    const end = await forged(`delete from journal where estate_id = 'alpha' and no = ${last.no}`);
    expect(end.err).toBe(`alpha: head: the head names line ${last.no}, the last line is ${last.no - 1}\n`);
  });

  it('finds one changed byte, and names the line alone', async () => {
    const { code, err } = await forged(
      `update journal set payload = replace(payload::text, 'gate.duress', 'gate.durest')::jsonb where estate_id = 'alpha' and no = 1`,
    );
    expect({ code, err }).toEqual({ code: 1, err: 'alpha: line 1: its content is not what was hashed\n' });
  });

  it('finds two lines that were swapped', async () => {
    const columns = ['at', 'kind', 'actor', 'ticket_id', 'alarm_id', 'device_id', 'payload', 'prev_hash', 'hash'];
    const { code, err } = await forged(
      `update journal j set ${columns.map((c) => `${c} = o.${c}`).join(', ')} from journal o
       where j.estate_id = 'alpha' and o.estate_id = 'alpha' and (j.no, o.no) in ((2, 3), (3, 2))`,
    );
    expect(code).toBe(1);
    for (const no of [2, 3]) expect(err).toContain(`alpha: line ${no}: its content is not what was hashed`);
    expect(err).toContain('alpha: line 4: it does not follow the line before it');
  });

  it('finds a forger who computes the hash of the forged line anew', async () => {
    const { code, err } = await forged(
      `update journal set prev_hash = sha256('x'), hash = sha256('y') where estate_id = 'beta' and no = 2`,
    );
    expect(code).toBe(1);
    expect(err).toContain('beta: line 2: it does not follow the line before it');
    expect(err).toContain('beta: line 3: it does not follow the line before it');
  });

  it('finds a head that was set back', async () => {
    const { code, err } = await forged(`update estate_head set journal_hash = sha256('x') where estate_id = 'alpha'`);
    expect(code).toBe(1);
    expect(err).toBe('alpha: head: the head is not the hash of the last line\n');
  });
});
