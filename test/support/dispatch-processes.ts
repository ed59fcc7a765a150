import { fork, type ChildProcess } from 'node:child_process';
import { ensureBuilt, supportScript } from './started-steward.js';

/** Something that a person or a rule does, as `dispatch-process.mjs` understands it. */
export type DispatchJob = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface JobDone {
  /** null = done; a domain error's code; `defect`; `lost` = its process was killed meanwhile, nobody knows. */
  readonly code: string | null;
  readonly text: string;
  /** Of `escalate`: how many deadlines were due. */
  readonly served: number;
  readonly errors: readonly string[];
}

const LOST: JobDone = { code: 'lost', text: '', served: 0, errors: [] };

/** One Steward that only decides, in a process of its own. */
class DispatchProcess {
  private readonly waiting = new Map<number, (done: JobDone) => void>();
  private last = 0;
  private said = '';
  readonly ready: Promise<void>;
  /** How it ended. */
  readonly gone: Promise<string>;
  private readonly child: ChildProcess;

  constructor(databaseUrl: string) {
    this.child = fork(supportScript('dispatch-process.mjs'), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, DATABASE_URL: databaseUrl },
    });
    this.child.stderr?.on('data', (text: Buffer) => (this.said += text.toString()));
    this.gone = new Promise((resolve) =>
      // Not `exit`: what it has written is read to the end first.
      this.child.once('close', (code, signal) => {
        for (const settle of this.waiting.values()) settle(LOST);
        this.waiting.clear();
        resolve(`${signal ?? code}`);
      }),
    );
    this.ready = new Promise((resolve, reject) => {
      this.child.on('message', (m: { type: 'ready' } | ({ type: 'done'; id: number } & JobDone)) => {
        if (m.type === 'ready') return resolve();
        this.waiting.get(m.id)?.(m);
        this.waiting.delete(m.id);
      });
      void this.gone.then((how) => reject(new Error(`a process ended (${how}) before it was ready:\n${this.said}`)));
    });
    // Somebody awaits it before it is used; a spare one that is never used must not end the test.
    this.ready.catch(() => undefined);
  }

  /** False when it ended before it was. */
  isReady(): Promise<boolean> {
    return this.ready.then(
      () => true,
      () => false,
    );
  }

  do(job: DispatchJob, now: number): Promise<JobDone> {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send({ id, now, job }, (error) => {
        if (error && this.waiting.delete(id)) resolve(LOST);
      });
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/** Two of them on one database, and a spare one that takes the place of whoever is killed. */
export class DispatchProcesses {
  private readonly two: DispatchProcess[];
  private spare: DispatchProcess;
  kills = 0;

  private constructor(private readonly url: string) {
    this.two = [new DispatchProcess(url), new DispatchProcess(url)];
    this.spare = new DispatchProcess(url);
  }

  static async start(url: string): Promise<DispatchProcesses> {
    ensureBuilt();
    const all = new DispatchProcesses(url);
    await Promise.all(all.two.map((p) => p.ready));
    return all;
  }

  do(which: number, job: DispatchJob, now: number): Promise<JobDone> {
    return (this.two[which % 2] as DispatchProcess).do(job, now);
  }

  /** kill -9 of one, whatever it is doing; resolves when another has taken its place. */
  async restart(which: number): Promise<void> {
    const killed = this.two[which % 2] as DispatchProcess;
    killed.kill();
    this.kills++;
    await killed.gone;
    // On a machine that is too busy one that has only begun may not reach the database in time; the test does not hang on that.
    for (let tries = 1; !(await this.spare.isReady()); tries++) {
      if (tries === 3) await this.spare.ready;
      this.spare = new DispatchProcess(this.url);
    }
    this.two[which % 2] = this.spare;
    this.spare = new DispatchProcess(this.url);
  }

  async stop(): Promise<void> {
    for (const p of [...this.two, this.spare]) p.kill();
    await Promise.all([...this.two, this.spare].map((p) => p.gone));
  }
}
