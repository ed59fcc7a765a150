import { Logger } from '@nestjs/common';
import type { OutboundHttp } from '../platform/outbound-http.js';
import type { Metrics } from './metrics.js';

const EVERY_MS = 60_000;
/** Well below a minute: what is not answered by then is the next one's matter. */
const TIMEOUT_MS = 10_000;

export interface HeartbeatParts {
  readonly http: OutboundHttp;
  /** Whoever knows it may say that all is well: it is never logged. */
  readonly url: string;
  /** What keeps Steward from doing its work, by part; empty = it works. May hang: then nothing is told either. */
  readonly trouble: () => Promise<Readonly<Record<string, string>>>;
  readonly metrics: Metrics;
  readonly everyMs?: number;
}

/**
 * Tells a service outside, every minute, that Steward works: while intake, database and deadlines do, and only then. That
 * service rings somebody when it hears nothing. So every way of failing (this process, its machine, its network) is told
 * in the same way, by silence.
 */
export class Heartbeat {
  private readonly log = new Logger(Heartbeat.name);
  private timer: NodeJS.Timeout | null = null;
  private beating: Promise<void> | null = null;
  private last: 'sent' | 'withheld' | 'failed' | null = null;

  constructor(private readonly parts: HeartbeatParts) {}

  start(): void {
    this.timer = setInterval(() => this.begin(), this.parts.everyMs ?? EVERY_MS);
    this.begin();
  }

  /** A stop that was meant is silence too: pause the check outside for works of more than a few minutes. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.beating;
  }

  private begin(): void {
    this.beating ??= this.beat().finally(() => (this.beating = null));
  }

  private async beat(): Promise<void> {
    const trouble = await this.parts.trouble().catch((e: Error) => ({ check: e.message }));
    const parts = Object.keys(trouble);
    if (parts.length > 0) return this.came('withheld', `not told: ${parts.join(', ')} cannot work`);
    const answer = await this.parts.http.send({ url: this.parts.url, method: 'GET', timeoutMs: TIMEOUT_MS });
    if (!answer.ok) return this.came('failed', `${answer.why}: ${answer.detail}`);
    if (answer.status >= 300) return this.came('failed', `answered with status ${answer.status}`);
    this.came('sent', 'told again');
  }

  /** A line only when it changes: the counter counts. */
  private came(outcome: 'sent' | 'withheld' | 'failed', detail: string): void {
    this.parts.metrics.heartbeats.inc({ outcome });
    const before = this.last;
    this.last = outcome;
    if (outcome === before || (outcome === 'sent' && before === null)) return;
    if (outcome === 'sent') this.log.log(`the heartbeat outside is ${detail}`);
    else this.log.warn(`the heartbeat outside is ${outcome}: ${detail}. Somebody will be rung.`);
  }
}
