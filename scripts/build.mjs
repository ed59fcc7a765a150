#!/usr/bin/env node
// Compiles src, simulators and bench into dist/ (one file at a time, only what changed) and web/ into dist/web.
// Nothing changed: nothing is loaded, so that every command may call it first.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stampFile = join(dist, '.build-stamp.json');
const lockFile = join(dist, '.build-lock');
const serverFolders = ['src', 'simulators', 'bench'];
const compilerInputs = ['.swcrc', 'package-lock.json', 'scripts/build.mjs'];
/** The pages share the wire's shapes and names with the service. */
const webFolders = ['web', 'src/kernel', 'src/gateway', 'src/estate'];
const webConfig = join(root, 'web/vite.config.ts');
const say = (text) => process.stderr.write(`build: ${text}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const fingerprint = async (file) => {
  try {
    const s = await stat(join(root, file));
    return `${s.mtimeMs}:${s.size}`;
  } catch {
    return 'absent';
  }
};

async function* walk(folder) {
  let entries;
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'out') yield* walk(path);
    } else yield path;
  }
}

const isCode = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');
const isAsset = (file) => /\.(sql|ya?ml|json)$/.test(file);

/** What there is now: { files: {path: fingerprint}, config, web }. */
async function survey() {
  const files = {};
  for (const folder of serverFolders) {
    for await (const file of walk(folder)) if (isCode(file) || isAsset(file)) files[file] = await fingerprint(file);
  }
  const config = (await Promise.all(compilerInputs.map(fingerprint))).join('|');
  const hash = createHash('sha1').update(config);
  for (const folder of webFolders) {
    for await (const file of walk(folder))
      if (!file.endsWith('.spec.ts')) hash.update(`${file} ${await fingerprint(file)}\n`);
  }
  return { files, config, web: existsSync(webConfig) ? hash.digest('hex') : '' };
}

async function readStamp() {
  try {
    return JSON.parse(await readFile(stampFile, 'utf8'));
  } catch {
    return { files: {}, config: '', web: '' };
  }
}

const sameFiles = (a, b) => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
};
const upToDate = (now, stamp, web) =>
  now.config === stamp.config && sameFiles(now.files, stamp.files) && (!web || now.web === stamp.web);

/** Readers see the old file or the new one, never half of one. */
async function put(file, text) {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

async function takeLock() {
  await mkdir(dist, { recursive: true });
  for (let told = false; ;) {
    try {
      await writeFile(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => '0'));
    const age = Date.now() - (await stat(lockFile).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if ((holder > 0 && !isAlive(holder)) || (holder === 0 && age > 5000)) await unlink(lockFile).catch(() => undefined);
    else if (!told) {
      told = true;
      say(`waiting for another build (pid ${holder})`);
    }
    await sleep(100);
  }
}

function isAlive(pid) {
  try {
    // Killed, and not yet collected by a parent that never does (a container's first process).
    if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false;
  } catch {
    // no such process, or no /proc: ask the kernel
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const outputOf = (file) => join(dist, isCode(file) ? file.replace(/\.ts$/, '.js') : file);

async function compile(file, swc, options) {
  const out = outputOf(file);
  await mkdir(dirname(out), { recursive: true });
  if (!isCode(file)) {
    await copyFile(join(root, file), out);
    return;
  }
  const sourceFileName = relative(dirname(out), join(root, file));
  const { code, map } = await swc.transformFile(join(root, file), { ...options, swcrc: false, sourceFileName });
  const name = out.slice(dirname(out).length + 1);
  await put(`${out}.map`, map ?? '');
  await put(out, `${code}\n//# sourceMappingURL=${name}.map\n`);
}

async function compileServer(now, stamp) {
  const started = performance.now();
  const all = now.config !== stamp.config;
  const changed = Object.keys(now.files).filter(
    (file) => all || now.files[file] !== stamp.files[file] || !existsSync(outputOf(file)),
  );
  const built = { ...now.files };
  const mistakes = [];
  if (changed.length > 0) {
    const swc = await import('@swc/core');
    const { $schema: _, ...options } = JSON.parse(await readFile(join(root, '.swcrc'), 'utf8'));
    const queue = [...changed];
    const worker = async () => {
      for (let file = queue.pop(); file; file = queue.pop()) {
        try {
          await compile(file, swc, options);
        } catch (error) {
          delete built[file];
          mistakes.push(`${file}: ${error.message}`);
        }
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }
  const gone = await removeOrphans(now.files);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (changed.length || gone) say(`${changed.length} files compiled, ${gone} removed (${seconds} s)`);
  return { files: built, mistakes };
}

/** An output whose source is gone would still be imported by a stale path. */
async function removeOrphans(files) {
  const wanted = new Set(
    Object.keys(files).flatMap((f) => [outputOf(f), ...(isCode(f) ? [`${outputOf(f)}.map`] : [])]),
  );
  let gone = 0;
  for (const folder of serverFolders) {
    for await (const file of walk(`dist/${folder}`)) {
      if (wanted.has(join(root, file)) || file.endsWith('.tmp')) continue;
      await unlink(join(root, file));
      gone += 1;
    }
  }
  return gone;
}

/** Into a folder beside, then swapped: a running service never serves half a page. */
async function buildWeb() {
  const started = performance.now();
  say('web pages …');
  const next = join(dist, `.web-${process.pid}`);
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--config', webConfig, '--logLevel', 'warn'];
  const child = spawn(process.execPath, [...args, '--outDir', next, '--emptyOutDir'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) {
    await rm(next, { recursive: true, force: true });
    return false;
  }
  const old = join(dist, `.web-old-${process.pid}`);
  await rename(join(dist, 'web'), old).catch(() => undefined);
  await rename(next, join(dist, 'web'));
  await rm(old, { recursive: true, force: true });
  say(`web pages built (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return true;
}

/** Brings dist/ up to date. Throws with the compiler's words when a source is wrong. */
export async function ensureBuilt({ web = true } = {}) {
  if (upToDate(await survey(), await readStamp(), web)) return;
  await takeLock();
  try {
    const now = await survey();
    const stamp = await readStamp();
    if (upToDate(now, stamp, web)) return;
    const { files, mistakes } = await compileServer(now, stamp);
    const next = { config: now.config, files, web: stamp.web };
    let webFailed = false;
    if (web && now.web !== stamp.web) {
      webFailed = now.web !== '' && !(await buildWeb());
      if (!webFailed) next.web = now.web;
    }
    await put(stampFile, JSON.stringify(next));
    if (mistakes.length) throw new Error(`the build found mistakes:\n${mistakes.join('\n')}`);
    if (webFailed) throw new Error('the web pages do not build, see above');
  } finally {
    await unlink(lockFile).catch(() => undefined);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuilt({ web: !process.argv.includes('--no-web') });
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
