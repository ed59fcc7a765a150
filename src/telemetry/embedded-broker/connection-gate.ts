import { BURST_S, type BrokerLimits } from './broker-limits.js';
import { TokenBucket } from './token-bucket.js';

export type GateRefusal = 'too many connections' | 'too many from this address' | 'too many logins' | 'too fast';

/** One connection that was let in. */
export interface Admission {
  loggedIn(): void;
  left(): void;
}

/** Buckets of addresses that have been quiet are forgotten when there are this many. */
const BUCKETS_AT_MOST = 10_000;

/** IPv4 as it is; of IPv6 the first 64 bits, which is what one customer has. */
export function gateKey(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (v4) return v4[1] as string;
  const [head = ''] = address.split('::', 1);
  return head.split(':').slice(0, 4).join(':');
}

/** Who may connect: counts connections, not devices; nobody has said yet who he is. */
export class ConnectionGate {
  private total = 0;
  private pending = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly limits: BrokerLimits) {}

  /** @param now steady ms */
  admit(address: string, now: number): Admission | GateRefusal {
    const key = gateKey(address);
    const here = this.byAddress.get(key) ?? 0;
    if (this.total >= this.limits.connections) return 'too many connections';
    if (here >= this.limits.connectionsPerAddress) return 'too many from this address';
    if (this.pending >= this.limits.loginsPending) return 'too many logins';
    if (!this.bucketOf(key, now).tryTake(1, now)) return 'too fast';
    this.total++;
    this.pending++;
    this.byAddress.set(key, here + 1);
    return this.admission(key);
  }

  private admission(key: string): Admission {
    let state: 'pending' | 'in' | 'left' = 'pending';
    return {
      loggedIn: () => {
        if (state !== 'pending') return;
        state = 'in';
        this.pending--;
      },
      left: () => {
        if (state === 'left') return;
        if (state === 'pending') this.pending--;
        state = 'left';
        this.total--;
        const rest = (this.byAddress.get(key) ?? 1) - 1;
        if (rest > 0) this.byAddress.set(key, rest);
        else this.byAddress.delete(key);
      },
    };
  }

  private bucketOf(key: string, now: number): TokenBucket {
    let bucket = this.buckets.get(key);
    if (!bucket) {
      if (this.buckets.size >= BUCKETS_AT_MOST) {
        for (const [k, b] of this.buckets) if (b.isFull(now)) this.buckets.delete(k);
      }
      const perSecond = this.limits.newConnectionsPerSecond;
      bucket = new TokenBucket(perSecond, perSecond * BURST_S, now);
      this.buckets.set(key, bucket);
    }
    return bucket;
  }
}
