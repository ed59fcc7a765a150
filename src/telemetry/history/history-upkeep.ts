import { Logger } from '@nestjs/common';
import type pg from 'pg';
import type { Clock } from '../../kernel/clock.js';
import type { Metrics } from '../../ops/metrics.js';
import { OnceWithCount } from '../../ops/once-with-count.js';
import type { RejectLog } from '../reject-log.js';
import { KeeperThread, type KeeperTask, type KeeperWord } from './keeper-thread.js';
import { landingFill, type LandingFill } from './landing-fill.js';

const LOOK_EVERY_MS = 5000;
const MB = 1_000_000;

/** Runs the keeper of the history and shows how it is: metrics, log, and a warning for the person on duty. */
export class HistoryUpkeep {
  private readonly log = new Logger('History');
  private readonly failures: OnceWithCount;
  private readonly thread: KeeperThread;
  private timer: NodeJS.Timeout | null = null;
  private fill: LandingFill = { rows: 0, readings: 0, bytes: 0, oldestS: 0 };
  private fault: string | null = null;

  constructor(
    private readonly task: KeeperTask,
    private readonly pool: pg.Pool,
    private readonly metrics: Metrics,
    private readonly rejects: RejectLog,
    clock: Clock,
  ) {
    this.failures = new OnceWithCount(clock, (line) => this.log.warn(line));
    this.thread = new KeeperThread(task, (word) => this.hear(word));
  }

  async start(): Promise<void> {
    await this.thread.start();
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.thread.stop();
  }

  /** What the person on duty should know although readings are still taken in; null = all is well. */
  warning(): string | null {
    if (this.task.influxUrl === undefined) return this.fault && 'readings are not packed at present, see the log';
    const share = this.fill.bytes / (this.task.outboxMb * MB);
    if (!this.fault && share < 0.5) return null;
    const waiting = `${this.fill.readings} readings wait, ${(share * 100).toFixed(1)} % of their room`;
    return `${this.fault ? 'InfluxDB does not take readings, see the log' : 'InfluxDB takes readings too slowly'}: ${waiting}`;
  }

  private hear(word: KeeperWord): void {
    const what = this.task.influxUrl === undefined ? 'readings are not packed' : 'readings are not written to InfluxDB';
    switch (word.type) {
      case 'failed':
        this.fault = word.message;
        this.metrics.historyFailures.inc();
        this.failures.failed('keeper', `${what}: ${word.message}`);
        break;
      case 'recovered':
        this.fault = null;
        this.failures.recovered('keeper', 'the history is kept again');
        break;
      case 'refused': {
        const { estate, device, reading, why } = word.refused;
        const sample = Buffer.from(JSON.stringify(reading));
        this.rejects.reject({ reason: 'history-refused', detail: why }, { estate, device }, sample);
        break;
      }
      case 'dropped':
        this.metrics.historyDropped.inc({ reason: 'outbox-full' }, word.readings);
        this.log.error(`${word.readings} readings were dropped: what waits for InfluxDB has filled its room`);
        break;
    }
  }

  private async look(): Promise<void> {
    try {
      this.fill = await landingFill(this.pool);
    } catch {
      return; // the database is away, which is told elsewhere
    }
    this.metrics.historyWaitingRows.set(this.fill.rows);
    this.metrics.historyWaitingReadings.set(this.fill.readings);
    this.metrics.historyWaitingBytes.set(this.fill.bytes);
    this.metrics.historyWaitingSeconds.set(this.fill.oldestS);
  }
}
