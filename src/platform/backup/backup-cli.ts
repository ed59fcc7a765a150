import { stat } from 'node:fs/promises';
import { DomainError } from '../../kernel/domain-error.js';
import { openServerForCli } from '../cli-database.js';
import { createPool } from '../database.js';
import { writeBackupFile } from './backup-file.js';
import { backupLines } from './write-backup.js';

const USAGE = 'usage: npm run backup -- FILE';

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 written, 1 not written, 2 wrong call */
async function main(args: string[]): Promise<number> {
  const [file, ...more] = args;
  if (!file || file.startsWith('-') || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const began = performance.now();
  try {
    const server = await openServerForCli();
    const pool = createPool({ url: server.url, name: 'backup', max: 1, answerWithinMs: 0 });
    try {
      const client = await pool.connect();
      try {
        const onMissing = (sha256: string): void =>
          console.error(`The file of the photo or film ${sha256} is not there; the backup goes on without it.`);
        await writeBackupFile(file, backupLines(client, server.dataDir, { folder: server.evidenceDir, onMissing }));
      } finally {
        client.release(true); // its settings were changed
      }
    } finally {
      await pool.end();
      await server.close();
    }
  } catch (error) {
    if (!(error instanceof DomainError) && process.env['DEBUG']) throw error;
    console.error(`No backup was written: ${(error as Error).message}`);
    return 1;
  }
  const { size } = await stat(file);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${file}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s. It holds secrets: keep it like a password.`);
  if (process.env['INFLUX_URL'] || process.env['INFLUX_URL_FILE'])
    console.log('Readings in InfluxDB are not in it: influxd backup -portable (docs/operations.md).');
  return 0;
}
