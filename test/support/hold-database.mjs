// A copy of Steward's database side in a process of its own, to be killed: node hold-database.mjs FOLDER
// Prints the server's pid once 1,000 rows are committed and a long write is under way. Needs dist/ (npm run build).
import pg from 'pg';
import { openDataFolder } from '../../dist/src/platform/data-folder.js';
import { startEmbeddedPostgres } from '../../dist/src/platform/embedded-postgres.js';

const folder = await openDataFolder(process.argv[2]);
const server = await startEmbeddedPostgres(folder);
const client = new pg.Client({ connectionString: server.url });
client.on('error', () => undefined);
await client.connect();
await client.query('create table committed as select generate_series(1, 1000) as n');
await client.query('create table under_way (n int)');
client.query('insert into under_way select generate_series(1, 50000000)').catch(() => undefined);
setTimeout(() => process.stdout.write(`${server.pid}\n`), 300);
