import type { ChannelName } from '../../kernel/channels.js';
import type { ChannelChoice, PagePriority, QuietHours } from './reach.js';

/** What decides by which ways a person may be paged now. */
export interface PlanFacts {
  readonly choices: readonly ChannelChoice[];
  /** Channels with an address of this person. */
  readonly ready: ReadonlySet<ChannelName>;
  readonly quiet: QuietHours | null;
  readonly priority: PagePriority;
  /** Duress: nothing may ring. */
  readonly silent: boolean;
  /** `HH:MM` where the person works. */
  readonly localTime: string;
}

export interface ChannelPlan {
  /** Ways in the order in which they are tried. Always holds `websocket`: an open screen shows every page. */
  readonly channels: readonly ChannelName[];
  /** Why the others are not. */
  readonly leftOut: readonly { readonly channel: ChannelName; readonly because: string }[];
}

/** Wake or disturb a person who is not looking: these rest in quiet hours. */
const LOUD: ReadonlySet<ChannelName> = new Set(['web-push', 'webhook']);

/** Quiet hours never apply to P1 (domain §7); a P1 is told by every way there is but mail, and but what is switched off. */
export function channelPlan(f: PlanFacts): ChannelPlan {
  const channels: ChannelName[] = [];
  const leftOut: { channel: ChannelName; because: string }[] = [];
  for (const c of f.choices) {
    const because = c.channel === 'websocket' ? null : reasonAgainst(c, f);
    if (because === null) channels.push(c.channel);
    else leftOut.push({ channel: c.channel, because });
  }
  if (!channels.includes('websocket')) channels.unshift('websocket');
  return { channels, leftOut };
}

function reasonAgainst(c: ChannelChoice, f: PlanFacts): string | null {
  if (!f.ready.has(c.channel)) return 'no address';
  if (!c.on) return 'switched off';
  if (!c.priorities.includes(f.priority)) return `not for ${f.priority}`;
  if (f.silent && c.channel === 'webhook') return 'a silent page must not ring';
  if (f.priority !== 'P1' && f.quiet && LOUD.has(c.channel) && isWithin(f.quiet, f.localTime)) return 'quiet hours';
  return null;
}

/**
 * With which a page begins. The open screen always has it at once; the next way begins with it when the person wants
 * that one first, or when nobody's screen is open: a closed phone is known to be closed, nobody need wait for it.
 */
export function firstChannels(plan: ChannelPlan, isConnected: boolean): ChannelName[] {
  const other = plan.channels.find((c) => c !== 'websocket');
  const first = plan.channels[0] !== 'websocket';
  return other && (first || !isConnected) ? ['websocket', other] : ['websocket'];
}

/** The way after those that were tried in vain; null = there is none left. */
export function nextChannel(plan: ChannelPlan, tried: ReadonlySet<string>): ChannelName | null {
  return plan.channels.find((c) => !tried.has(c)) ?? null;
}

/** `from` = `to`: the whole day. */
export function isWithin({ from, to }: QuietHours, time: string): boolean {
  return from < to ? time >= from && time < to : time >= from || time < to;
}
