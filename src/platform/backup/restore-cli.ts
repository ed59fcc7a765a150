import { access } from 'node:fs/promises';
import { verifyJournal } from '../../workflow/verify-journal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { openServerForCli } from '../cli-database.js';
import { createDatabase, createPool } from '../database.js';
import { readBackupFile } from './backup-file.js';
import { restoreBackup } from './restore-backup.js';

const USAGE = 'usage: npm run restore -- FILE   (into an empty STEWARD_DATA_DIR, or an empty DATABASE_URL)';

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 restored and verified, 1 not, 2 wrong call */
async function main(args: string[]): Promise<number> {
  const [file, ...more] = args;
  if (!file || file.startsWith('-') || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  try {
    return await restore(file);
  } catch (error) {
    if (!(error instanceof DomainError) && process.env['DEBUG']) throw error;
    console.error(`Nothing was restored: ${(error as Error).message}`);
    return 1;
  }
}

async function restore(file: string): Promise<number> {
  await access(file); // before a database is made for it
  const server = await openServerForCli();
  const pool = createPool({ url: server.url, name: 'restore', max: 4, answerWithinMs: 0 });
  const db = createDatabase(pool);
  try {
    const { at, counts } = await restoreBackup(pool, server.dataDir, readBackupFile(file), server.evidenceDir);
    const rows = Object.values(counts).reduce((sum, n) => sum + n, 0);
    console.log(`${rows} rows as of ${at}, among them ${counts['ticket'] ?? 0} tickets`);
    let broken = 0;
    const heads = await db.selectFrom('estate_head').select('estate_id').orderBy('estate_id').execute();
    for (const { estate_id } of heads) {
      const { lines, breaks } = await verifyJournal(db, estate_id);
      console.log(`${estate_id}: ${lines} journal lines, ${breaks.length === 0 ? 'unbroken' : 'BROKEN'}`);
      for (const { no, what } of breaks) console.error(`${estate_id}: ${no === null ? 'head' : `line ${no}`}: ${what}`);
      broken += breaks.length;
    }
    return broken > 0 ? 1 : 0;
  } finally {
    await db.destroy();
    await server.close();
  }
}
