import type { PolicyEvent, PolicyPriority, PolicyScope, SlotPolicy } from '../estate/escalation-policy.js';
import type { EventName } from '../kernel/events.js';
import type { Names, Place, Role, SlotName } from './views.js';

/** Where a policy comes from; `event`: the event, family (`elevator.*`) or `*` that it is published for. */
export interface PolicySourceView {
  scope: 'built-in' | PolicyScope;
  scopeId: string | null;
  event: PolicyEvent | null;
}

/** What a ticket of that event and priority would freeze if it were opened now. */
export interface EffectivePolicyView {
  event: EventName;
  title: Names;
  priority: PolicyPriority;
  id: string;
  version: number;
  source: PolicySourceView;
  slots: readonly SlotPolicy[];
}

export interface PolicyVersionView {
  scope: PolicyScope;
  scopeId: string;
  event: PolicyEvent;
  priority: PolicyPriority;
  version: number;
  state: 'draft' | 'published' | 'retired';
  slots: readonly SlotPolicy[];
  reason: string;
  savedBy: string;
  savedAt: string;
  publishedBy: string | null;
  publishedAt: string | null;
  retiredBy: string | null;
  retiredAt: string | null;
}

/** One step of a dry run: nobody accepts, every phone is on. */
export interface DryRunStepView {
  slot: SlotName;
  /** The number of the policy's levels = the last resort. */
  level: number;
  /** Seconds since the ticket's opening. */
  afterS: number;
  at: string;
  reason: string;
  people: { person: string; name: Names; role: Role; because: string }[];
  /** Targets that mean nobody at that instant, in words. */
  missing: string[];
  /** Why nobody is paged here; null = somebody is. */
  skipped: string | null;
}

export interface PolicyDryRunView {
  event: EventName;
  priority: PolicyPriority;
  place: Place;
  zones: string[];
  at: string;
  policy: { id: string; version: number; source: PolicySourceView | null };
  steps: DryRunStepView[];
}
