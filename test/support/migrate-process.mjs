// A copy that migrates and nothing else: node migrate-process.mjs URL FOLDER, with an IPC channel.
import { createPool } from '../../dist/src/platform/database.js';
import { migrate } from '../../dist/src/platform/migrate.js';

const [url, folder] = process.argv.slice(2);
const pool = createPool({ url, name: 'migrations', max: 1, answerWithinMs: 0 });
const applied = await migrate(pool, { folder });
await pool.end();
process.send({ applied }, () => process.exit(0));
