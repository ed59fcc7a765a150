/** Longest that a step waits for what it has sent to be stored; what is not stored then is told as such. */
const STORED_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 100;
/**
 * Steward's own account is given a right at its first start, which breaks its connections once; it looks again at what
 * the broker knows some 3 s later. Until then none are pending because nobody has looked.
 */
const CALM_MS = 5000;
const DEVICES_KNOWN_LIMIT_MS = 15 * 60_000;

export interface Stored {
  /** From the last PUBACK until Steward had committed all, to some 100 ms. */
  readonly storedAfterMs: number;
  /** Acknowledged by the broker, and not committed by Steward within the time given. */
  readonly notStored: number;
}

/** Messages by the bound of their bucket, s. */
export type Buckets = ReadonlyMap<number, number>;

/** What the service says of itself on /metrics. */
export class ServiceMetrics {
  constructor(private readonly http: string) {}

  /** Waits until Steward has committed so many readings since its start. */
  async stored(readings: number, limitMs = STORED_LIMIT_MS): Promise<Stored> {
    const begun = performance.now();
    for (;;) {
      const notStored = Math.max(0, readings - total(await this.text(), 'steward_readings_total'));
      const storedAfterMs = performance.now() - begun;
      if (notStored === 0 || storedAfterMs > limitMs) return { storedAfterMs, notStored };
      await pause(LOOK_EVERY_MS);
    }
  }

  /** From the arrival of a message at Steward to its commit and PUBACK, since the start. */
  async commits(): Promise<Buckets> {
    const lines = (await this.text()).matchAll(/^steward_puback_seconds_bucket\{le="([^"]+)"\} (\S+)$/gm);
    return new Map([...lines].map(([, bound, n]) => [bound === '+Inf' ? Infinity : Number(bound), Number(n)]));
  }

  /** Waits until an external broker knows every device. @throws when it does not in 15 minutes */
  async brokerKnowsDevices(say: (line: string) => void): Promise<void> {
    let calmSince: number | null = null;
    let told = '';
    for (const end = performance.now() + DEVICES_KNOWN_LIMIT_MS; performance.now() < end; await pause(LOOK_EVERY_MS)) {
      const text = await this.text();
      const pending = total(text, 'steward_broker_credentials_pending');
      const line = `the broker has to be told of ${pending} devices`;
      if (pending > 0 && told !== line) say((told = line));
      if (pending > 0 || total(text, 'steward_broker_connected') !== 1) calmSince = null;
      else if (performance.now() - (calmSince ??= performance.now()) > CALM_MS) return;
    }
    throw new Error('the broker was not told of all devices in 15 minutes');
  }

  private async text(): Promise<string> {
    return (await fetch(`${this.http}/metrics`)).text();
  }
}

/** Upper bound of the bucket in which the quantile of what came between two looks lies, ms. */
export function boundOf(q: number, before: Buckets, after: Buckets): number {
  const grown = [...after].map(([bound, n]) => [bound, n - (before.get(bound) ?? 0)] as const);
  const all = grown.at(-1)?.[1] ?? 0;
  return 1000 * (grown.find(([, n]) => n >= q * all)?.[0] ?? 0);
}

/** Sum over all labels. */
const total = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0);

const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
