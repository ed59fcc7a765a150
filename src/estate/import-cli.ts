import { access, constants, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openTokenVault } from '../access/token-vault.js';
import { loadEnvironment } from '../config/environment.js';
import { DomainError } from '../kernel/domain-error.js';
import { openDatabaseForCli } from '../platform/cli-database.js';
import { importEstate, type ImportSummary } from './import-estate.js';
import { readEstateFile } from './read-estate-file.js';

const USAGE = 'usage: npm run estate:import -- FILE [--tokens-out FILE]';

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 imported, 1 mistakes or a conflict, 2 wrong call */
async function main(args: string[]): Promise<number> {
  let path: string | undefined;
  let tokensOut: string | undefined;
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { 'tokens-out': { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error('one file at a time');
    path = positionals[0];
    tokensOut = values['tokens-out'];
  } catch (e) {
    console.error((e as Error).message);
  }
  if (path === undefined) {
    console.error(USAGE);
    return 2;
  }
  const text = await readFile(path, 'utf8').catch((e: Error) => e);
  if (text instanceof Error) {
    console.error(`${path} cannot be read: ${text.message}`);
    return 1;
  }
  const read = readEstateFile(text);
  if (!read.ok) {
    for (const m of read.error) console.error(`${path}:${m.line}:${m.column}: ${m.message}`);
    console.error(`${read.error.length === 1 ? '1 mistake' : `${read.error.length} mistakes`}; nothing was imported`);
    return 1;
  }
  // A token that was made but could not be written would be lost, so look first.
  const earlier = tokensOut === undefined ? {} : await earlierTokens(tokensOut);
  if (earlier instanceof Error) {
    console.error(`tokens cannot be written to ${tokensOut}: ${earlier.message}`);
    return 1;
  }
  const { db, close } = await openDatabaseForCli('estate import');
  try {
    const { environment } = loadEnvironment(process.env);
    const vault = await openTokenVault(environment.secretKey, environment.dataDir);
    const summary = await importEstate(db, read.value, { now: Date.now(), vault });
    report(read.value.estate.id, summary);
    await handOver(summary.tokens, tokensOut, earlier);
    return 0;
  } catch (e) {
    if (!(e instanceof DomainError)) throw e;
    console.error(`${e.message}; nothing was imported`);
    return 1;
  } finally {
    await close();
  }
}

function report(estate: string, { created, updated, unchanged, removed, missing }: ImportSummary): void {
  const nothing = created + updated + removed === 0;
  const counts = `${created} created, ${updated} updated, ${removed} removed, ${unchanged} unchanged`;
  console.log(nothing ? `${estate}: nothing to change (${unchanged} rows as before)` : `${estate}: ${counts}`);
  if (missing.length > 0) console.log(`not in the file, left as they are: ${missing.join(', ')}`);
}

async function earlierTokens(path: string): Promise<Record<string, string> | Error> {
  try {
    await access(dirname(path), constants.W_OK);
    const text = await readFile(path, 'utf8').catch((e: NodeJS.ErrnoException) => {
      if (e.code === 'ENOENT') return '{}';
      throw e;
    });
    return JSON.parse(text) as Record<string, string>;
  } catch (e) {
    return e as Error;
  }
}

/** Shows the new tokens once, or adds them to a file that only its owner may read. */
async function handOver(
  tokens: Record<string, string>,
  path: string | undefined,
  earlier: Record<string, string>,
): Promise<void> {
  const count = Object.keys(tokens).length;
  if (count === 0) return;
  if (path === undefined) {
    console.log('Tokens of the new devices. They are shown only now:');
    for (const [device, token] of Object.entries(tokens)) console.log(`${device} ${token}`);
    return;
  }
  const whole = `${path}.new`;
  await writeFile(whole, `${JSON.stringify({ ...earlier, ...tokens }, null, 2)}\n`, { mode: 0o600 });
  await rename(whole, path);
  console.log(`${count} tokens of new devices are in ${path}`);
}
