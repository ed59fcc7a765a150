import { z } from 'zod';
import { CALL_CONTACTS, type PolicyEvent, type PolicyPriority, type SlotPolicy } from '../estate/escalation-policy.js';
import { ROLES } from '../estate/role.js';
import type { Role, SlotName } from '../gateway/views.js';
import type { EventName } from '../kernel/events.js';
import { builtInPolicy, generalPolicy } from './policy.js';

const DAY_S = 86_400;
/** Who fills a slot by his role, whatever the policy says. */
const ROLE_OF_SLOT: Readonly<Record<SlotName, Role>> = {
  responder: 'butler',
  rescuer: 'contractor',
  coordinator: 'control-room',
};

const TARGET = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('on-duty'),
    role: z.enum(ROLES),
    duty: z.enum(['primary', 'backup', 'any']).default('primary'),
  }),
  z.strictObject({ kind: z.literal('person'), person: z.string().min(1).max(128) }),
  z.strictObject({ kind: z.literal('everyone-on-shift') }),
  z.strictObject({ kind: z.literal('call'), contact: z.enum(CALL_CONTACTS) }),
]);

const LEVELS = z
  .array(
    z.strictObject({
      afterS: z.int().min(0).max(DAY_S).describe('seconds since the slot’s opening'),
      targets: z.array(TARGET).min(1).max(20),
    }),
  )
  .min(1)
  .max(20)
  .superRefine((levels, ctx) => {
    const problem = (i: number, message: string): void =>
      ctx.addIssue({ code: 'custom', path: [i, 'afterS'], message });
    if (levels[0] && levels[0].afterS !== 0)
      problem(0, 'the first level is at 0 s: a slot that is to wait opens later (opensAfterS)');
    for (const [i, level] of levels.entries()) {
      const before = levels[i - 1]?.afterS;
      if (before !== undefined && level.afterS <= before) problem(i, `levels ascend: this must be above ${before} s`);
    }
  });

/** The slots of a policy as they come over REST. */
export const POLICY_SLOTS = z
  .array(
    z.strictObject({
      slot: z.enum(['responder', 'rescuer', 'coordinator']),
      opensAfterS: z.int().min(0).max(DAY_S).default(0),
      repeatS: z.int().min(5).max(DAY_S).nullable().default(null),
      levels: LEVELS,
    }),
  )
  .min(1)
  .max(3)
  .superRefine((slots, ctx) => {
    for (const [i, s] of slots.entries())
      if (slots.findIndex((x) => x.slot === s.slot) < i)
        ctx.addIssue({ code: 'custom', path: [i, 'slot'], message: `the ${s.slot} slot stands here twice` });
    if (slots.every((s) => s.opensAfterS > 0))
      ctx.addIssue({ code: 'custom', path: [], message: 'one slot opens at 0 s, or nobody would be paged at once' });
  })
  .transform((slots): SlotPolicy[] => slots.map((s) => ({ ...s, role: ROLE_OF_SLOT[s.slot] })));

/**
 * What a policy of that event must not leave out, as sentences; empty = nothing is missing. A slot that the built-in
 * policy has stays: only trained people open a car (domain §6), and a P1 keeps a coordinator who is asked at once.
 */
export function missingFrom(slots: readonly SlotPolicy[], event: PolicyEvent, priority: PolicyPriority): string[] {
  const own = event !== '*' && !event.endsWith('.*');
  const builtIn = own ? builtInPolicy(event as EventName, priority) : generalPolicy(priority);
  const wrong = builtIn.slots
    .filter((b) => !slots.some((s) => s.slot === b.slot))
    .map((b) => `a ${priority} policy of ${event} keeps the ${b.slot} slot`);
  const coordinator = slots.find((s) => s.slot === 'coordinator');
  if (priority !== 'P1' || !coordinator) return wrong;
  if (coordinator.opensAfterS > 0) wrong.push('the coordinator slot of a P1 policy opens at 0 s');
  const first = coordinator.levels[0]?.targets ?? [];
  if (!first.some((t) => t.kind === 'everyone-on-shift' || (t.kind === 'on-duty' && t.role === 'control-room')))
    wrong.push('the first level of a P1 coordinator slot rings the control room');
  return wrong;
}
