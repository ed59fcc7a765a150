import type { ChannelRule } from '../../src/estate/channel-rule.js';
import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';

export interface ChannelProfile {
  readonly channels: readonly string[];
  readonly rules: readonly ChannelRule[];
  readonly reportEveryMs: number;
}

export interface ChannelState {
  readonly at: number;
  /** What somebody makes a channel say; the others are as they should be. */
  readonly staged: Readonly<Record<string, number | boolean>>;
  readonly reportAt: number;
}

/** Channels that every such device may have without a rule on them. */
const USUAL: Readonly<Record<string, number | boolean>> = { running: true, batteryPct: 90 };

/** A pump, a smoke detector, anything that sends named channels: all is well by its own rules until it is told otherwise. */
export class ChannelModel implements Model<ChannelState> {
  constructor(private readonly profile: ChannelProfile) {}

  start(now: number, random: Random): ChannelState {
    return {
      at: now,
      staged: {},
      reportAt: now + Math.floor(random.next() * Math.min(this.profile.reportEveryMs, 10_000)),
    };
  }

  step(before: ChannelState, now: number, random: Random): ModelStep<ChannelState> {
    const messages: ModelMessage[] = [];
    let state = before;
    while (state.reportAt <= now) {
      const at = Math.max(state.at, state.reportAt);
      messages.push({ at, values: { channels: this.channels(state, random) } });
      state = { ...state, at, reportAt: at + this.profile.reportEveryMs };
    }
    return { state: { ...state, at: now }, messages };
  }

  direct(state: ChannelState, directive: Directive, now: number): ChannelState {
    if (directive.do === 'say')
      return { ...state, staged: { ...state.staged, [directive.channel]: directive.value }, reportAt: now };
    return directive.do === 'rest' ? { ...state, staged: {}, reportAt: now } : state;
  }

  private channels(state: ChannelState, random: Random): Record<string, number | boolean> {
    const told: Record<string, number | boolean> = {};
    for (const channel of this.profile.channels) {
      const value = state.staged[channel] ?? this.usual(channel, random);
      if (value !== undefined) told[channel] = value;
    }
    return told;
  }

  private usual(channel: string, random: Random): number | boolean | undefined {
    const rule = this.profile.rules.find((r) => r.channel === channel);
    if (!rule) return USUAL[channel];
    if (rule.is !== undefined) return typeof rule.is === 'boolean' ? !rule.is : rule.is + 1;
    const wander = 1 + 0.03 * random.noise();
    const limit = rule.clear ?? rule.above ?? rule.below ?? 0;
    return Math.round((rule.above === undefined ? limit * 1.3 : limit * 0.7) * wander * 1000) / 1000;
  }
}
