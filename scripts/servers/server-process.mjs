// Servers of the production profile as child processes on loopback, data in a folder of the caller's.
import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A free port below the ephemeral range, so that no outgoing connection takes it while its server is restarted. */
export async function freePort(taken = new Set()) {
  for (let tries = 0; tries < 200; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (taken.has(port)) continue;
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port');
}

/**
 * One server that can be stopped, killed and started again on the same port and data.
 * `command()` gives `{ file, args }` for each start; `ready()` resolves true when it answers.
 */
export class ServerProcess {
  constructor({ name, log, command, ready, readyWithinMs = 20_000, stopSignal = 'SIGTERM' }) {
    Object.assign(this, { name, log, command, ready, readyWithinMs, stopSignal });
    this.child = null;
    this.exited = Promise.resolve();
  }

  get pid() {
    return this.child?.pid ?? null;
  }

  async start() {
    if (this.child) throw new Error(`${this.name} runs already`);
    const { file, args } = this.command();
    const fd = openSync(this.log, 'a', 0o600);
    // A group of its own: a Ctrl-C in the terminal is for whoever started it, who stops it in order.
    const child = spawn(file, args, { stdio: ['ignore', fd, fd], detached: true });
    closeSync(fd);
    this.child = child;
    let failure = null;
    this.exited = new Promise((resolve) => {
      const over = (why) => {
        failure ??= why;
        if (this.child === child) this.child = null;
        resolve();
      };
      child.once('error', (e) => over(e.code === 'ENOENT' ? `${file} is not installed` : e.message));
      child.once('exit', (code, signal) => over(`it ended with ${signal ?? `code ${code}`}`));
    });
    const end = Date.now() + this.readyWithinMs;
    for (;;) {
      if (failure) throw new Error(`${this.name} did not start: ${failure}\n${this.lastWords()}`);
      if (await this.ready().catch(() => false)) return this;
      if (Date.now() > end) {
        await this.stop('SIGKILL');
        throw new Error(`${this.name} was not ready within ${this.readyWithinMs / 1000} s\n${this.lastWords()}`);
      }
      await new Promise((r) => setTimeout(r, 30));
    }
  }

  /** Ends it and waits until it has; with SIGKILL at once, as a crash would. */
  async stop(signal = this.stopSignal) {
    const { child, exited } = this;
    if (!child) return;
    child.kill(signal);
    if (signal !== 'SIGKILL') {
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(late);
    } else {
      await exited;
    }
  }

  /** Stops the process without ending it, as a machine that hangs; `resume` lets it go on. */
  freeze() {
    this.child?.kill('SIGSTOP');
  }

  resume() {
    this.child?.kill('SIGCONT');
  }

  lastWords() {
    try {
      return readFileSync(this.log, 'utf8').slice(-1500);
    } catch {
      return '';
    }
  }
}
