import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import type { PolicyKey, PolicyPriority, SlotPolicy } from '../../estate/escalation-policy.js';
import { definitionFor } from '../../estate/event-definition.js';
import type {
  DryRunStepView,
  EffectivePolicyView,
  PolicyDryRunView,
  PolicyVersionView,
} from '../../gateway/policy-views.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { EVENTS, type EventName, type Subject } from '../../kernel/events.js';
import { dryRun, type DryRunStep } from '../../paging/policy-dry-run.js';
import { policyInForce } from '../../paging/policy.js';
import { recipientsOf } from '../../paging/recipients.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { personNames } from '../../tickets/ticket-views.js';
import { assertKnownEvent, configuredEvents, estatesOfScope, POLICY_EDITORS } from './policy-scope.js';

const PRIORITIES: readonly PolicyPriority[] = ['P1', 'P2', 'P3'];

export interface DryRunQuestion {
  readonly event: EventName;
  readonly priority?: PolicyPriority | undefined;
  readonly subject: Subject;
  /** ISO 8601; now when left out. */
  readonly at?: string | undefined;
  /** A policy to try in place of the one in force. */
  readonly slots?: readonly SlotPolicy[] | undefined;
}

/** Escalation policies as people see them: what is in force and where it comes from, and whom it would page. */
@Injectable()
export class PolicyReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  /** For every event and priority of an estate, or those asked for. */
  effective(
    by: Principal,
    estate: string,
    only: { event?: string | undefined; priority?: PolicyPriority | undefined },
  ): EffectivePolicyView[] {
    const d = this.directory.current;
    assertEstate(by, estate, ...POLICY_EDITORS);
    const events = [...Object.keys(EVENTS), ...configuredEvents([estate], d)] as EventName[];
    const published = d.publishedPolicy.bind(d, estate);
    return events
      .filter((e) => only.event === undefined || e === only.event)
      .flatMap((event) => {
        const device = d.devicesOfEstate(estate).find((x) => x.attributes.rules?.some((r) => r.event === event));
        return PRIORITIES.filter((p) => only.priority === undefined || p === only.priority).map((priority) => {
          const { policy, source } = policyInForce(event, priority, published);
          return { event, title: definitionFor(event, device).title, priority, ...policy, source };
        });
      });
  }

  /** Newest first. */
  async versions(by: Principal, key: PolicyKey): Promise<PolicyVersionView[]> {
    estatesOfScope(by, key, this.directory.current);
    const rows = await this.db
      .selectFrom('escalation_policy')
      .selectAll()
      .where('scope', '=', key.scope)
      .where('scope_id', '=', key.scopeId)
      .where('event', '=', key.event)
      .where('priority', '=', key.priority)
      .orderBy('version', 'desc')
      .execute();
    return rows.map(versionView);
  }

  /** Who would be paged for this event at this place at this instant, and why, if nobody accepted. */
  dryRun(by: Principal, q: DryRunQuestion): PolicyDryRunView {
    const d = this.directory.current;
    const estate = d.estateOf(q.subject);
    if (estate === undefined) throw new DomainError('not-found', 'There is no such thing in your estates.');
    assertEstate(by, estate, ...POLICY_EDITORS);
    assertKnownEvent(q.event, [estate], d);
    const device = q.subject.type === 'device' ? d.device(q.subject.id) : undefined;
    const usual = definitionFor(q.event, device).priority;
    // A P4 opens no ticket; asked for, it is answered as if it had risen.
    const priority = q.priority ?? (usual === 'P4' ? 'P3' : usual);
    const inForce = policyInForce(q.event, priority, d.publishedPolicy.bind(d, estate));
    const policy = q.slots ? { id: 'as given', version: 0, slots: q.slots } : inForce.policy;
    const zones = d.zonesOf({ ...placeOf(q.subject, d), estate });
    const at = q.at === undefined ? this.clock.now() : Date.parse(q.at);
    const steps = dryRun(policy, at, (targets, instant) => recipientsOf(d, targets, { estate, zones, at: instant }));
    return {
      event: q.event,
      priority,
      place: d.placeOfSubject(q.subject),
      zones,
      at: new Date(at).toISOString(),
      policy: { id: policy.id, version: policy.version, source: q.slots ? null : inForce.source },
      steps: steps.map((s) => stepView(s, at, d)),
    };
  }
}

/** As a ticket of that subject would have it. */
function placeOf({ type, id }: Subject, d: EstateDirectory): { building: string | null; unit: string | null } {
  const device = type === 'device' ? d.device(id) : undefined;
  const building = device?.building ?? (type === 'building' ? id : null);
  return { building, unit: device?.unit ?? (type === 'unit' ? id : null) };
}

const stepView = (s: DryRunStep, openedAt: number, d: EstateDirectory): DryRunStepView => ({
  slot: s.slot,
  level: s.level,
  afterS: (s.at - openedAt) / 1000,
  at: new Date(s.at).toISOString(),
  reason: s.reason,
  people: s.people.map((p) => ({ ...p, name: personNames(p.person, d) })),
  missing: [...s.missing],
  skipped: s.skipped,
});

const versionView = (row: Selectable<Database['escalation_policy']>): PolicyVersionView => ({
  scope: row.scope,
  scopeId: row.scope_id,
  event: row.event,
  priority: row.priority,
  version: row.version,
  state: row.state,
  slots: row.slots,
  reason: row.reason,
  savedBy: row.saved_by,
  savedAt: row.saved_at.toISOString(),
  publishedBy: row.published_by,
  publishedAt: row.published_at?.toISOString() ?? null,
  retiredBy: row.retired_by,
  retiredAt: row.retired_at?.toISOString() ?? null,
});
