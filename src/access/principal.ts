import type { Names, Role } from '../gateway/views.js';

/** Who is asking. Scope is the list of roles: no role in an estate, no access to it. */
export interface Principal {
  readonly username: string;
  readonly names: Names;
  readonly roles: readonly { readonly estate: string; readonly role: Role }[];
}

export const rolesIn = (p: Principal, estate: string): Role[] =>
  p.roles.filter((r) => r.estate === estate).map((r) => r.role);

/** Estates in scope, each once, in the order of the roles. */
export const estatesOf = (p: Principal): string[] => [...new Set(p.roles.map((r) => r.estate))];

/** Holds one of `roles` in that estate; without `roles`: any role there. */
export function hasRole(p: Principal, estate: string, ...roles: Role[]): boolean {
  return rolesIn(p, estate).some((r) => roles.length === 0 || roles.includes(r));
}

/** Holds one of `roles` in at least one estate; without `roles`: whoever is signed in. */
export function hasRoleSomewhere(p: Principal, ...roles: Role[]): boolean {
  return roles.length === 0 || p.roles.some((r) => roles.includes(r.role));
}

/**
 * May see more of a change than its number (law 7: "what its role may not see arrives as a number alone").
 * @param audience roles that may; null = every role of the estate
 */
export function canSee(p: Principal, estate: string, audience: readonly string[] | null): boolean {
  return rolesIn(p, estate).some((r) => audience === null || audience.includes(r));
}
