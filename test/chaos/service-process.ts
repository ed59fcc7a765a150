import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/platform/free-port.js';
import { postgresProcessesIn } from '../../src/platform/process-table.js';

interface Ready {
  readonly http: string;
  readonly mqtt: string;
  readonly databaseUrl: string;
}

/** A stretch of time in which the service did its work, ms since the epoch. `to` is null while it lasts. */
export interface UpTime {
  readonly from: number;
  to: number | null;
}

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
const START_LIMIT_MS = 60_000;

/**
 * The built program as `npm start` runs it, with its embedded database, on ports that stay the same from life to life.
 * Kills go to process ids that are known to be ours: the child, and the PostgreSQL processes that work in our folder.
 */
export class ServiceProcess {
  readonly up: UpTime[] = [];
  /** Spawn to ready of each life that came to be ready; for a database killed alone, kill to ready. */
  readonly starts: { readonly after: string; readonly ms: number; readonly trail: string }[] = [];
  private child: ChildProcess | null = null;
  private ready: Ready | null = null;
  private ended = 'nothing';

  private constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param estate the estate file's text, or its path; `tokens` by device id; `settings` over the usual ones */
  static async prepare(
    estate: { yaml: string } | { file: string },
    tokens: Record<string, string>,
    settings: NodeJS.ProcessEnv = {},
  ) {
    const folder = await mkdtemp(join(tmpdir(), 'steward-service-'));
    const estateFile = 'file' in estate ? estate.file : join(folder, 'estate.yaml');
    if ('yaml' in estate) await writeFile(estateFile, estate.yaml);
    const tokensFile = join(folder, 'tokens.json');
    await writeFile(tokensFile, JSON.stringify(tokens), { mode: 0o600 });
    return new ServiceProcess(folder, {
      ...process.env,
      DATABASE_URL: '',
      STEWARD_HTTP_HOST: '127.0.0.1',
      STEWARD_MQTT_HOST: '127.0.0.1',
      STEWARD_HTTP_PORT: String(await freePort()),
      STEWARD_MQTT_PORT: String(await freePort()),
      STEWARD_DATA_DIR: join(folder, 'data'),
      STEWARD_ESTATE_FILE: estateFile,
      STEWARD_DEVICE_TOKENS_FILE: tokensFile,
      ...settings,
    });
  }

  get http(): string {
    return `http://127.0.0.1:${this.env['STEWARD_HTTP_PORT']}`;
  }

  get mqtt(): string {
    return `mqtt://127.0.0.1:${this.env['STEWARD_MQTT_PORT']}`;
  }

  get databaseUrl(): string {
    if (!this.ready) throw new Error('the service has not been ready yet');
    return this.ready.databaseUrl;
  }

  private get cluster(): string {
    return join(this.folder, 'data', 'postgres');
  }

  /** Resolves when it is ready, or with `false` when it was killed before that. */
  async start(): Promise<boolean> {
    const log = openSync(join(this.folder, 'service.log'), 'a');
    const spawned = Date.now();
    const child = fork(MAIN, [], { env: this.env, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.child = child;
    return new Promise<boolean>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`not ready after ${START_LIMIT_MS / 1000} s\n${this.lastWords()}`)),
        START_LIMIT_MS,
      );
      const trail: string[] = [];
      child.on('message', (message: { type: string; text?: string } & Ready) => {
        if (message.type === 'progress') trail.push(`${message.text} at ${Date.now() - spawned} ms`);
        if (message.type !== 'ready') return;
        clearTimeout(late);
        this.ready = message;
        this.starts.push({ after: this.ended, ms: Date.now() - spawned, trail: trail.join(', ') });
        this.up.push({ from: Date.now(), to: null });
        resolve(true);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        this.down();
        if (signal === 'SIGKILL') resolve(false);
        else reject(new Error(`it ended by itself (${signal ?? code})\n${this.lastWords()}`));
      });
    });
  }

  /** kill -9 of the service, the database server and each of its backends, in the same instant. */
  async killEverything(databaseFirst: boolean): Promise<void> {
    const database = postgresProcessesIn(this.cluster).map((p) => p.pid);
    this.down();
    this.ended = 'everything killed';
    if (!databaseFirst) this.killChild();
    for (const pid of database) killIfThere(pid);
    this.killChild();
    await this.gone();
  }

  /** Leaves the database behind, as an orphan. */
  async killServiceOnly(): Promise<void> {
    this.down();
    this.ended = 'service killed';
    this.killChild();
    await this.gone();
  }

  /** The service has to notice, start it again and go on. Resolves when it says that it is ready again. */
  async killDatabaseOnly(): Promise<void> {
    const pids = postgresProcessesIn(this.cluster).map((p) => p.pid);
    const began = Date.now();
    this.down();
    for (const pid of pids) killIfThere(pid);
    for (;;) {
      const again = postgresProcessesIn(this.cluster).some((p) => !pids.includes(p.pid));
      if (again && (await this.isReady())) break;
      if (Date.now() - began > START_LIMIT_MS) throw new Error(`the database did not come back\n${this.lastWords()}`);
      await sleep(50);
    }
    this.starts.push({ after: 'database killed', ms: Date.now() - began, trail: '' });
    this.up.push({ from: Date.now(), to: null });
  }

  /** An ordered stop, as a person would do it. */
  async stop(): Promise<void> {
    this.down();
    this.ended = 'stopped in order';
    if (this.isRunning()) {
      this.child?.removeAllListeners('exit');
      this.child?.kill('SIGTERM');
    }
    const patience = setTimeout(() => this.killChild(), 20_000);
    await this.gone();
    clearTimeout(patience);
  }

  /** Ends whatever is left of it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    for (const p of postgresProcessesIn(this.cluster)) killIfThere(p.pid);
    while (postgresProcessesIn(this.cluster).length > 0) await sleep(20);
    await rm(this.folder, { recursive: true, force: true });
  }

  isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  async log(): Promise<string> {
    return readFile(join(this.folder, 'service.log'), 'utf8');
  }

  private lastWords(): string {
    return readFileSync(join(this.folder, 'service.log'), 'utf8').slice(-3000);
  }

  private down(): void {
    const last = this.up.at(-1);
    if (last && last.to === null) last.to = Date.now();
  }

  private killChild(): void {
    if (this.isRunning()) this.child?.kill('SIGKILL');
  }

  private async gone(): Promise<void> {
    while (this.isRunning()) await sleep(5);
  }

  private async isReady(): Promise<boolean> {
    const reply = await fetch(`${this.http}/readyz`).catch(() => null);
    await reply?.arrayBuffer().catch(() => undefined);
    return reply?.status === 200;
  }
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
