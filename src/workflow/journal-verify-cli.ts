import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import { openDatabaseForCli } from '../platform/cli-database.js';
import type { Database } from '../platform/database-schema.js';
import { verifyJournal } from './verify-journal.js';

const USAGE = `usage: npm run journal:verify [-- --estate ID [--ticket T-2026-0001] [--expect LINE:HASH …]]
  --ticket   the lines of a ticket and their digest, as its report has them
  --expect   that line has that hash: a report's first line, last line or head of the chain; may be repeated`;

process.exitCode = await main(process.argv.slice(2));

interface Wanted {
  readonly estate: string | undefined;
  readonly ticket: string | undefined;
  readonly expect: readonly { readonly no: number; readonly hash: string }[];
}

/** @returns the exit code: 0 every chain holds and is as expected, 1 it is not, or no such thing, 2 wrong call */
async function main(args: string[]): Promise<number> {
  let wanted: Wanted;
  try {
    wanted = read(args);
  } catch (e) {
    console.error(`${(e as Error).message}\n${USAGE}`);
    return 2;
  }
  const { db, close } = await openDatabaseForCli('journal verify');
  try {
    const heads = await db.selectFrom('estate_head').select('estate_id').orderBy('estate_id').execute();
    const estates = heads.map((h) => h.estate_id).filter((id) => wanted.estate === undefined || id === wanted.estate);
    if (wanted.estate !== undefined && estates.length === 0) {
      console.error(`there is no estate "${wanted.estate}"`);
      return 1;
    }
    let sound = true;
    for (const estate of estates) {
      const { lines, breaks } = await verifyJournal(db, estate);
      if (breaks.length === 0) console.log(`${estate}: ${lines} lines, unbroken`);
      for (const { no, what } of breaks) console.error(`${estate}: ${no === null ? 'head' : `line ${no}`}: ${what}`);
      sound = breaks.length === 0 && sound;
    }
    const [estate] = estates;
    if (estate === undefined || wanted.estate === undefined) return sound ? 0 : 1;
    for (const e of wanted.expect) sound = (await isAsExpected(db, estate, e)) && sound;
    if (wanted.ticket !== undefined) sound = (await tellTicket(db, estate, wanted.ticket, wanted.expect)) && sound;
    return sound ? 0 : 1;
  } finally {
    await close();
  }
}

/** @throws Error about what is wrong with the call */
function read(args: string[]): Wanted {
  const { values } = parseArgs({
    args,
    options: { estate: { type: 'string' }, ticket: { type: 'string' }, expect: { type: 'string', multiple: true } },
  });
  const expect = (values.expect ?? []).map((text) => {
    const [, no, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
    if (no === undefined || hash === undefined)
      throw new Error(`--expect wants LINE:HASH with 64 digits, not "${text}"`);
    return { no: Number(no), hash: hash.toLowerCase() };
  });
  if (values.estate === undefined && (values.ticket !== undefined || expect.length > 0))
    throw new Error('--ticket and --expect want an --estate');
  return { estate: values.estate, ticket: values.ticket, expect };
}

async function isAsExpected(
  db: Kysely<Database>,
  estate: string,
  { no, hash }: Wanted['expect'][number],
): Promise<boolean> {
  const row = await db
    .selectFrom('journal')
    .select('hash')
    .where('estate_id', '=', estate)
    .where('no', '=', no)
    .executeTakeFirst();
  const found = row?.hash.toString('hex');
  if (found === hash) console.log(`${estate}: line ${no} is the one expected`);
  else
    console.error(
      `${estate}: line ${no} ${found === undefined ? 'is not there' : `has the hash ${found}, not the one expected`}`,
    );
  return found === hash;
}

/** A ticket's lines and those of its alarms, as far as the last line that a report knew, and one hash over theirs. */
async function tellTicket(db: Kysely<Database>, estate: string, no: string, known: Wanted['expect']): Promise<boolean> {
  const until = known.length > 0 ? Math.max(...known.map((e) => e.no)) : Number.MAX_SAFE_INTEGER;
  const ticket = await db
    .selectFrom('ticket')
    .select('id')
    .where('estate_id', '=', estate)
    .where('no', '=', no)
    .executeTakeFirst();
  if (!ticket) {
    console.error(`${estate}: there is no ticket "${no}"`);
    return false;
  }
  const lines = await db
    .selectFrom('journal')
    .select(['no', 'hash'])
    .where('estate_id', '=', estate)
    .where('no', '<=', until)
    .where((eb) => {
      const alarms = eb.selectFrom('alarm').select('id').where('ticket_id', '=', ticket.id);
      return eb.or([eb('ticket_id', '=', ticket.id), eb('alarm_id', 'in', alarms)]);
    })
    .orderBy('no')
    .execute();
  const sum = createHash('sha256');
  for (const l of lines) sum.update(l.hash);
  const [first, last] = [lines[0], lines.at(-1)];
  console.log(`${no}: ${lines.length} lines, ${first?.no ?? '–'} to ${last?.no ?? '–'}`);
  if (first && last)
    console.log(
      `  first  ${first.no}  ${first.hash.toString('hex')}\n  last   ${last.no}  ${last.hash.toString('hex')}`,
    );
  console.log(`  digest ${sum.digest('hex')}`);
  return true;
}
