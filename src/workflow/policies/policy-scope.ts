import { assertEstate } from '../../access/estate-scope.js';
import type { Principal } from '../../access/principal.js';
import { closestName } from '../../config/closest-name.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import type { PolicyEvent, PolicyKey } from '../../estate/escalation-policy.js';
import type { Role } from '../../gateway/views.js';
import { DomainError } from '../../kernel/domain-error.js';
import { EVENTS } from '../../kernel/events.js';

/** Who sets whom an emergency rings. */
export const POLICY_EDITORS: readonly Role[] = ['supervisor', 'project-manager'];

/**
 * The estates that a policy concerns. Of an organisation's, the caller must edit policies in every one.
 * @throws DomainError `not-found` out of scope, `forbidden` in scope with another role
 */
export function estatesOfScope(
  by: Principal,
  { scope, scopeId }: Pick<PolicyKey, 'scope' | 'scopeId'>,
  d: EstateDirectory,
): string[] {
  const found =
    scope === 'organisation'
      ? d.estates().flatMap((e) => (e.organisation === scopeId ? [e.id] : []))
      : d.estates().flatMap((e) => (e.id === scopeId ? [e.id] : []));
  if (found.length === 0) throw new DomainError('not-found', 'There is no such thing in your estates.');
  for (const estate of found) assertEstate(by, estate, ...POLICY_EDITORS);
  return found;
}

/** @throws DomainError `not-found` with the closest name for an event or family that there is not */
export function assertKnownEvent(event: PolicyEvent, estates: readonly string[], d: EstateDirectory): void {
  if (event === '*') return;
  const names = [...Object.keys(EVENTS), ...configuredEvents(estates, d)];
  const families = [...new Set(names.map((n) => `${n.slice(0, n.indexOf('.'))}.*`))];
  if (names.includes(event) || families.includes(event)) return;
  const closest = closestName(event, [...names, ...families]);
  const hint = closest === undefined ? '' : ` Did you mean ${closest}?`;
  throw new DomainError('not-found', `There is no event ${event}.${hint}`, closest === undefined ? {} : { closest });
}

/** Events of the rules of an estate's generic devices. */
export const configuredEvents = (estates: readonly string[], d: EstateDirectory): string[] => [
  ...new Set(
    estates.flatMap((e) => d.devicesOfEstate(e).flatMap((x) => (x.attributes.rules ?? []).map((r) => r.event))),
  ),
];
