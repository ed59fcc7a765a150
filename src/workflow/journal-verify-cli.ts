import { parseArgs } from 'node:util';
import { openDatabaseForCli } from '../platform/cli-database.js';
import { verifyJournal } from './verify-journal.js';

const USAGE = 'usage: npm run journal:verify [-- --estate ID]';

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 every chain holds, 1 a broken line or no such estate, 2 wrong call */
async function main(args: string[]): Promise<number> {
  let wanted: string | undefined;
  try {
    wanted = parseArgs({ args, options: { estate: { type: 'string' } } }).values.estate;
  } catch (e) {
    console.error(`${(e as Error).message}\n${USAGE}`);
    return 2;
  }
  const { db, close } = await openDatabaseForCli('journal verify');
  try {
    const heads = await db.selectFrom('estate_head').select('estate_id').orderBy('estate_id').execute();
    const estates = heads.map((h) => h.estate_id).filter((id) => wanted === undefined || id === wanted);
    if (wanted !== undefined && estates.length === 0) {
      console.error(`there is no estate "${wanted}"`);
      return 1;
    }
    let broken = false;
    for (const estate of estates) {
      const { lines, breaks } = await verifyJournal(db, estate);
      if (breaks.length === 0) console.log(`${estate}: ${lines} lines, unbroken`);
      for (const { no, what } of breaks) console.error(`${estate}: ${no === null ? 'head' : `line ${no}`}: ${what}`);
      broken ||= breaks.length > 0;
    }
    return broken ? 1 : 0;
  } finally {
    await close();
  }
}
