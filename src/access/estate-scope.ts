import type { Role } from '../gateway/views.js';
import { DomainError } from '../kernel/domain-error.js';
import { hasRole, type Principal } from './principal.js';

/**
 * Refuses unless the caller works in the estate, and there in one of `roles` (none named = any role).
 * To somebody without a role there the estate does not exist: "forbidden" would tell which ids are real.
 * @throws DomainError `not-found` out of scope, `forbidden` in scope with another role
 */
export function assertEstate(principal: Principal, estate: string, ...roles: Role[]): void {
  if (!hasRole(principal, estate)) throw new DomainError('not-found', 'There is no such thing in your estates.');
  if (!hasRole(principal, estate, ...roles)) {
    throw new DomainError('forbidden', `This needs the role ${roles.join(' or ')} in the estate ${estate}.`, { roles });
  }
}
