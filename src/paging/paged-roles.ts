import { EVENTS, type EventName } from '../kernel/events.js';
import type { Role } from '../gateway/views.js';
import { policyFor } from './policy.js';

/** Roles that some policy pages: each needs somebody on duty at every hour. */
export function pagedRoles(): Role[] {
  const roles = new Set<Role>();
  for (const event of Object.keys(EVENTS) as EventName[])
    for (const priority of ['P1', 'P2', 'P3'] as const)
      for (const { levels } of policyFor(event, priority).slots)
        for (const { targets } of levels)
          for (const t of targets) roles.add(t.kind === 'on-duty' ? t.role : 'control-room');
  return [...roles].sort();
}
