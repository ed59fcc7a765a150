import { Logger } from '@nestjs/common';
import type { ChannelName } from '../../kernel/channels.js';
import type { DestinationLanes } from '../../paging/channels/destination-lanes.js';
import type { ChannelAddress, PageChannel, SendOutcome } from '../../paging/channels/page-channel.port.js';
import { USUAL_PACE, type RetryPace } from '../../paging/channels/retry-pace.js';
import type { ChannelJob, ChannelJobs } from './channel-jobs.js';
import type { ChannelOutcomes } from './channel-outcomes.js';
import type { ChannelWorkStore } from './channel-work-store.js';

export const CHANNEL_QUEUE = 'page-channel';

const RENEW_MS = 4000;
const FORGET_EVERY_MS = 3_600_000;
/** A recall waits for the send that it overtook. */
const AFTER_SEND_MS = 1000;
const URGENCY = { P1: 1, P2: 2, P3: 3 } as const;
/** A test is watched by somebody: it says soon that it fails. */
const TEST_PACE: RetryPace = { attempts: 2, pauseMs: () => 1000 };

interface Tried {
  readonly address: ChannelAddress;
  readonly outcome: SendOutcome | { readonly kind: 'over' };
}

const isGone = (o: Tried['outcome']): boolean => o.kind === 'failed' && o.gone === true;

/**
 * Sends pages by carriers: the first try straight after the commit, the next ones after a growing pause, the queue
 * behind it all for when this process dies. Nobody waits for it, and a receiver that hangs holds up its own lane alone.
 */
export class ChannelSender {
  private readonly log = new Logger(ChannelSender.name);
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private renewing: NodeJS.Timeout | null = null;
  private forgetting: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly channels: ReadonlyMap<ChannelName, PageChannel>,
    private readonly lanes: DestinationLanes,
    private readonly jobs: ChannelJobs,
    private readonly work: ChannelWorkStore,
    private readonly outcomes: ChannelOutcomes,
    private readonly pace: RetryPace = USUAL_PACE,
  ) {}

  start(): void {
    const quietly = (what: string, task: () => Promise<void>) => () =>
      void task().catch((e: Error) => this.log.warn(`${what}: ${e.message}`));
    this.renewing = setInterval(
      quietly('sends under way', () => this.work.renew([...this.underWay.keys()])),
      RENEW_MS,
    );
    const forget = quietly('old sends', () => this.work.forgetOld());
    this.forgetting = setInterval(forget, FORGET_EVERY_MS);
    forget();
  }

  /** What is under way ends within its time limit; what waits is taken up from the outbox at the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const t of [this.renewing, this.forgetting]) if (t) clearInterval(t);
    for (const t of this.timers.values()) clearTimeout(t);
    await Promise.all(this.underWay.values());
  }

  /** Never throws and never waits. */
  begin(jobId: string): void {
    if (this.stopped || this.underWay.has(jobId)) return;
    clearTimeout(this.timers.get(jobId));
    this.timers.delete(jobId);
    const running = this.attempt(jobId)
      .catch((e: Error) => this.log.error(`${jobId} could not be tried: ${e.message}`))
      .finally(() => this.underWay.delete(jobId));
    this.underWay.set(jobId, running);
  }

  /** The queue asks: @returns true when nothing is left to do */
  async look(jobId: string): Promise<boolean> {
    if (!(await this.work.isWanted(jobId))) return true;
    if (!this.timers.has(jobId)) this.begin(jobId);
    return false;
  }

  private async attempt(jobId: string): Promise<void> {
    const job = await this.jobs.read(jobId);
    if (!job) return this.work.finish(jobId);
    const out = job.message.kind === 'recall' ? await this.work.isOut(`page-${job.message.id}`) : null;
    if (out === 'no') return this.work.finish(jobId);
    if (out === 'under way') return this.later(jobId, AFTER_SEND_MS);
    const claim = await this.work.claim(jobId);
    if (!claim) return;
    const channel = this.channels.get(job.channel);
    const all = channel?.addresses(job.message.person) ?? [];
    const wanted = all.filter((a) => job.message.kind !== 'recall' || channel?.canRecall(a));
    const left = wanted.filter((a) => !claim.reached.includes(a.id));
    const tried = channel ? await Promise.all(left.map((a) => this.sendTo(channel, job, a))) : [];
    await this.settle(jobId, job, claim, tried);
  }

  private async sendTo(channel: PageChannel, job: ChannelJob, address: ChannelAddress): Promise<Tried> {
    const urgency = URGENCY[job.message.priority];
    const outcome = await this.lanes.run(address.destination, urgency, async () => {
      if (!(await this.jobs.isStillWanted(job))) return { kind: 'over' as const };
      const said = await channel
        .send(job.message, address)
        .catch((e: Error): SendOutcome => ({ kind: 'again', reason: e.message }));
      this.outcomes.heard(job, address, said);
      return said;
    });
    return { address, outcome };
  }

  private async settle(
    jobId: string,
    job: ChannelJob,
    claim: { attempt: number; reached: readonly string[] },
    tried: readonly Tried[],
  ): Promise<void> {
    const accepted = tried.filter((t) => t.outcome.kind === 'accepted').map((t) => t.address.id);
    const reached = [...claim.reached, ...accepted];
    const again = tried.filter((t) => t.outcome.kind === 'again');
    const refused = tried.filter((t) => t.outcome.kind === 'failed');
    const why = (t: Tried | undefined): string => (t && 'reason' in t.outcome ? t.outcome.reason : 'no address');
    const pace = job.message.kind === 'test' ? TEST_PACE : this.pace;
    if (again.length > 0 && claim.attempt < pace.attempts) {
      const pauseMs = pace.pauseMs(claim.attempt);
      await this.work.release(jobId, pauseMs, reached, why(again[0]));
      return this.later(jobId, pauseMs);
    }
    // A browser that is gone, beside others that have it, is no loss.
    const lost = [...again, ...refused.filter((t) => reached.length === 0 || !isGone(t.outcome))];
    const isOver = tried.some((t) => t.outcome.kind === 'over');
    await this.work.release(jobId, 0, reached, lost.length > 0 ? why(lost[0]) : null);
    if (lost.length > 0 || (reached.length === 0 && !isOver))
      await this.outcomes.lost(job, {
        reason: why(lost[0]),
        destination: lost[0]?.address.shown ?? '–',
        attempts: claim.attempt,
        nobodyReached: reached.length === 0,
      });
    await this.work.finish(jobId);
  }

  private later(jobId: string, ms: number): void {
    if (this.stopped) return;
    clearTimeout(this.timers.get(jobId));
    const again = (): void => {
      this.timers.delete(jobId);
      this.begin(jobId);
    };
    this.timers.set(jobId, setTimeout(again, ms));
  }
}
