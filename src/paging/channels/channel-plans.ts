import type { ChannelName } from '../../kernel/channels.js';
import { localTime } from '../../kernel/local-time.js';
import { channelPlan, firstChannels, nextChannel, type ChannelPlan } from './channel-plan.js';
import type { PageChannel } from './page-channel.port.js';
import type { PagePriority, Reach } from './reach.js';

/** Whose page, and what it is about. */
export interface PlanQuestion {
  readonly person: string;
  readonly priority: PagePriority;
  readonly silent: boolean;
  readonly timezone: string;
  /** Steady ms. */
  readonly now: number;
}

/** By which ways pages go; asked while the ticket is locked, so it answers at once. */
export interface ChannelPlans {
  first(q: PlanQuestion): readonly ChannelName[];
  /** The way after those that were tried; null = none is left. */
  next(q: PlanQuestion, tried: ReadonlySet<string>): ChannelName | null;
  isConnected(person: string): boolean;
}

export const CHANNEL_PLANS = Symbol('ChannelPlans');

/** Where nothing but open screens is set up. */
export const OPEN_SCREENS_ALONE: ChannelPlans = {
  first: () => ['websocket'],
  next: () => null,
  isConnected: () => true,
};

/** The rule (channel-plan.ts) with each person's wishes and addresses. */
export class KnownChannelPlans implements ChannelPlans {
  constructor(
    private readonly reachOf: (person: string) => Reach,
    private readonly channels: ReadonlyMap<ChannelName, PageChannel>,
  ) {}

  first(q: PlanQuestion): ChannelName[] {
    return firstChannels(this.plan(q), this.isConnected(q.person));
  }

  next(q: PlanQuestion, tried: ReadonlySet<string>): ChannelName | null {
    return nextChannel(this.plan(q), tried);
  }

  isConnected(person: string): boolean {
    return this.channels.get('websocket')?.ready(person) ?? false;
  }

  private plan(q: PlanQuestion): ChannelPlan {
    const { choices, quiet } = this.reachOf(q.person);
    const ready = new Set([...this.channels.values()].filter((c) => c.ready(q.person)).map((c) => c.name));
    const { priority, silent } = q;
    return channelPlan({ choices, ready, quiet, priority, silent, localTime: clockTime(q) });
  }
}

function clockTime({ timezone, now }: PlanQuestion): string {
  const { minuteOfDay } = localTime(timezone, now);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}
