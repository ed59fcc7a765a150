import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LatencyHistogram } from './latency-histogram.js';
import type { LoadCommand, LoadDevice, LoadReport, LoadResult } from './load-messages.js';

export interface Step {
  readonly rate: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

export interface StepResult {
  readonly rate: number;
  readonly acknowledgedPerS: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly unacknowledged: number;
  readonly closedConnections: number;
  readonly pubackP50Ms: number;
  readonly pubackP99Ms: number;
  readonly pubackMaxMs: number;
  /** How late the load itself was, p99: above some ms the figures are the load's, not the service's. */
  readonly senderLateP99Ms: number;
  readonly backlogAtStart: number;
  readonly backlogAtEnd: number;
  readonly meanBytes: number;
  /** All acknowledged, PUBACK p99 ≤ 100 ms, and the backlog did not grow. */
  readonly sustained: boolean;
}

const SUSTAINED_P99_MS = 100;

/** The load workers, driven as one. */
export class Load {
  private readonly workers: ChildProcess[];

  constructor(workers: number) {
    const file = fileURLToPath(new URL('load-worker.js', import.meta.url));
    this.workers = Array.from({ length: workers }, () =>
      fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
  }

  get pids(): number[] {
    return this.workers.flatMap((w) => (w.pid === undefined ? [] : [w.pid]));
  }

  async connect(host: string, port: number, devices: readonly LoadDevice[]): Promise<void> {
    const share = (w: number): LoadDevice[] => devices.filter((_, i) => i % this.workers.length === w);
    await Promise.all(this.workers.map((w, i) => this.ask(w, { do: 'connect', host, port, devices: share(i) })));
  }

  async pace(step: Step): Promise<StepResult> {
    const rate = step.rate / this.workers.length;
    return this.merge(step.rate, await this.askAll({ do: 'pace', ...step, rate }));
  }

  async flood(warmupMs: number, measureMs: number): Promise<StepResult> {
    return this.merge(0, await this.askAll({ do: 'flood', warmupMs, measureMs }));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.workers.map(async (w) => {
        if (w.exitCode !== null || !w.connected) return;
        const gone = new Promise((r) => w.once('exit', r));
        w.send({ do: 'stop' } satisfies LoadCommand);
        await gone;
      }),
    );
  }

  private askAll(command: LoadCommand): Promise<LoadResult[]> {
    return Promise.all(
      this.workers.map(async (w) => {
        const report = await this.ask(w, command);
        if (report.type !== 'result') throw new Error('a load worker answered something else');
        return report.result;
      }),
    );
  }

  private ask(worker: ChildProcess, command: LoadCommand): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`a load worker ended (${code})`));
      worker.once('exit', onExit);
      worker.once('message', (report: LoadReport) => {
        worker.off('exit', onExit);
        if (report.type === 'failed') reject(new Error(report.message));
        else resolve(report);
      });
      worker.send(command);
    });
  }

  private merge(rate: number, results: readonly LoadResult[]): StepResult {
    const puback = new LatencyHistogram();
    const lateness = new LatencyHistogram();
    for (const r of results) {
      puback.add(r.puback);
      lateness.add(r.lateness);
    }
    const sum = (of: (r: LoadResult) => number): number => results.reduce((n, r) => n + of(r), 0);
    const unacknowledged = sum((r) => r.unacknowledged);
    const backlogAtStart = sum((r) => r.backlogAtStart);
    const backlogAtEnd = sum((r) => r.backlogAtEnd);
    const pubackP99Ms = puback.quantile(0.99);
    // A tenth of a second's messages may come and go with the batches; more at the end than at the start is growth.
    const grew = backlogAtEnd > 2 * backlogAtStart + 0.1 * rate;
    return {
      rate,
      acknowledgedPerS: sum((r) => r.acknowledgedPerS),
      sent: sum((r) => r.sent),
      acknowledged: sum((r) => r.acknowledged),
      unacknowledged,
      closedConnections: sum((r) => r.closedConnections),
      pubackP50Ms: puback.quantile(0.5),
      pubackP99Ms,
      pubackMaxMs: puback.max,
      senderLateP99Ms: lateness.quantile(0.99),
      backlogAtStart,
      backlogAtEnd,
      meanBytes: results.reduce((n, r) => n + r.meanBytes, 0) / results.length,
      sustained: unacknowledged === 0 && pubackP99Ms <= SUSTAINED_P99_MS && !grew,
    };
  }
}
