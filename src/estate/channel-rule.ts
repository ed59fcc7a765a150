import { z } from 'zod';
import { PRIORITIES, type ConfiguredEvent, type EndHow, type Priority } from '../kernel/events.js';

/** Events of the catalogue that a rule of a generic device may raise; all others are named by the rule's own key. */
const CATALOGUE_EVENTS = ['smoke.alarm'] as const;
const END_HOWS = ['on-site', 'voice', 'panel-reset'] as const;

/**
 * A threshold rule on one channel of a generic device, as an estate file configures it: a new kind of device needs no
 * code. An event of its own is called `generic.<key>` and brings its priority, title and way of ending with it; one of
 * the catalogue (`smoke.alarm`) has all that already.
 */
export interface ChannelRule {
  readonly event: (typeof CATALOGUE_EVENTS)[number] | ConfiguredEvent;
  readonly channel: string;
  /** It holds beyond this, or while the channel is exactly this; one of the three. */
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly is?: boolean | number | undefined;
  /** Where a number must be back to for the end (hysteresis); missing = at the threshold itself. */
  readonly clear?: number | undefined;
  readonly holdS: number;
  readonly clearHoldS: number;
  /** Of an event of its own. */
  readonly own?: {
    readonly priority: Priority;
    readonly latched: boolean;
    readonly endBy: readonly EndHow[];
    readonly title: { readonly zh: string; readonly en: string };
  };
}

const words = z.string().trim().min(1, 'must not be empty').max(100, 'is too long (100 characters at most)');
const duration = z.number().min(0, 'must not be negative').max(86_400, 'is longer than a day');

const Written = z.strictObject({
  event: z.enum(CATALOGUE_EVENTS).optional(),
  key: z
    .string()
    .max(40, 'is too long (40 characters at most)')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a key: small letters and digits, joined by "-"')
    .optional(),
  channel: words,
  above: z.number().optional(),
  below: z.number().optional(),
  is: z.union([z.boolean(), z.number()], 'must be true, false or a number').optional(),
  clear: z.number().optional(),
  holdS: duration.default(0),
  clearHoldS: duration.default(0),
  priority: z.enum(PRIORITIES).optional(),
  latched: z.boolean().optional(),
  endBy: z.array(z.enum(END_HOWS)).optional(),
  title: z.strictObject({ zh: words, en: words }).optional(),
});
type Written = z.output<typeof Written>;

/** What is wrong with the rule as a whole; where, and in words. */
function mistakesOf(r: Written): (readonly [at: string | null, message: string])[] {
  const found: (readonly [string | null, string])[] = [];
  if ((r.event === undefined) === (r.key === undefined))
    found.push([null, 'needs either "event" (smoke.alarm) or a "key" of its own, not both']);
  if ([r.above, r.below, r.is].filter((x) => x !== undefined).length !== 1)
    found.push([null, 'needs exactly one of "above", "below" and "is"']);
  if (r.clear !== undefined) {
    if (r.is !== undefined) found.push(['clear', 'belongs to "above" or "below"; what "is" ends when it is not']);
    if (r.above !== undefined && r.clear > r.above) found.push(['clear', 'must not be higher than "above"']);
    if (r.below !== undefined && r.clear < r.below) found.push(['clear', 'must not be lower than "below"']);
  }
  if (r.event !== undefined) {
    for (const field of ['priority', 'latched', 'endBy', 'title'] as const)
      if (r[field] !== undefined) found.push([field, `is fixed for ${r.event}; give the rule a "key" instead`]);
  } else {
    if (r.priority === undefined) found.push([null, 'needs a "priority" (P1 to P4) for an event of its own']);
    if (r.title === undefined) found.push([null, 'needs a "title" { zh, en } for an event of its own']);
    // Without a ticket and without a way of ending it would stand for ever.
    if (r.latched && r.priority === 'P4') found.push(['latched', 'needs a priority of P1 to P3: P4 opens no ticket']);
    if (r.latched && r.endBy?.length === 0) found.push(['endBy', 'must name how a latched alarm is ended']);
  }
  return found;
}

function asRule(r: Written): ChannelRule {
  const { event, key, channel, above, below, is, clear, holdS, clearHoldS, priority, latched, endBy, title } = r;
  const condition = {
    channel,
    ...(above === undefined ? {} : { above }),
    ...(below === undefined ? {} : { below }),
    ...(is === undefined ? {} : { is }),
    ...(clear === undefined ? {} : { clear }),
    holdS,
    clearHoldS,
  };
  if (event !== undefined || priority === undefined || title === undefined)
    return { event: event ?? CATALOGUE_EVENTS[0], ...condition };
  const own = { priority, latched: latched ?? false, endBy: endBy ?? (['on-site'] as const), title };
  return { event: `generic.${key ?? ''}`, ...condition, own };
}

const ChannelRuleItem = Written.superRefine((r, ctx) => {
  for (const [at, message] of mistakesOf(r)) ctx.addIssue({ code: 'custom', message, path: at === null ? [] : [at] });
}).transform(asRule);

/** The rules of one device: each event once, for there is one open alarm per device and event. */
export const ChannelRules = z.array(ChannelRuleItem).superRefine((rules, ctx) => {
  for (const [i, { event }] of rules.entries())
    if (rules.findIndex((r) => r.event === event) < i)
      ctx.addIssue({ code: 'custom', message: `there is already a rule for ${event} at this device`, path: [i] });
});
