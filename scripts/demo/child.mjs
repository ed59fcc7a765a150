// A process of the demo: its output goes to a file of the data folder, its messages come here.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { SERVICE_NODE_OPTIONS } from '../node-options.mjs';

const LARGEST_LOG_BYTES = 20_000_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Child {
  /** @param onMessage gets what the process sends */
  constructor({ name, module, env, log, cwd, onMessage }) {
    this.name = name;
    this.log = log;
    try {
      if (statSync(log).size > LARGEST_LOG_BYTES) renameSync(log, `${log}.1`);
    } catch {
      // its first start
    }
    const fd = openSync(log, 'a', 0o600);
    this.logFrom = statSync(log).size;
    this.process = spawn(process.execPath, [...SERVICE_NODE_OPTIONS, '--enable-source-maps', module], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', fd, fd, 'ipc'],
    });
    closeSync(fd);
    this.process.on('message', (message) => onMessage?.(message));
    this.process.on('error', () => undefined); // sending to a process that has just ended; `exited` tells of it
    this.over = null;
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve((this.over = signal ?? `exit code ${code}`)));
    });
  }

  get pid() {
    return this.process.pid;
  }

  lastWords(lines = 8) {
    const said = readFileSync(this.log).subarray(this.logFrom).toString().trim();
    return said.split('\n').slice(-lines).join('\n');
  }

  /** Asks with SIGTERM, and ends it by force when it takes longer than `patience` ms. */
  async stop(patience) {
    if (this.over !== null) return;
    this.process.kill('SIGTERM');
    await Promise.race([this.exited, sleep(patience)]);
    if (this.over !== null) return;
    this.process.kill('SIGKILL');
    await this.exited;
  }

  kill() {
    if (this.over === null) this.process.kill('SIGKILL');
  }
}
