import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Role } from '../gateway/views.js';
import type { Target } from './policy.js';
import { whoIsOn } from './roster.js';

export interface Recipient {
  /** User name. */
  readonly person: string;
  readonly role: Role;
  /** Why this person, for the journal. */
  readonly because: string;
}

export interface RecipientQuestion {
  readonly estate: string;
  /** Zones of the place. */
  readonly zones: readonly string[];
  /** Steady ms since the epoch. */
  readonly at: number;
}

/** Everybody who works for the estate itself. Contractors are called by their role. */
const STAFF: readonly Role[] = ['butler', 'security', 'engineer', 'control-room', 'supervisor', 'project-manager'];

/**
 * Who is meant by a level at an instant, each once and with the reason; and who is missing: targets that mean nobody, and
 * people whom the roster names who are away.
 */
export function recipientsOf(
  directory: EstateDirectory,
  targets: readonly Target[],
  q: RecipientQuestion,
): { recipients: Recipient[]; missing: string[] } {
  const people = new Map<string, Recipient>();
  const missing = new Set<string>();
  for (const target of targets) {
    const found = oneTarget(directory, target, q, missing);
    if (typeof found === 'string') missing.add(found);
    else for (const r of found) if (!people.has(r.person)) people.set(r.person, r);
  }
  return { recipients: [...people.values()], missing: [...missing] };
}

/** @returns why nobody is meant, in words, when nobody is */
function oneTarget(
  directory: EstateDirectory,
  t: Target,
  q: RecipientQuestion,
  missing: Set<string>,
): Recipient[] | string {
  const serving = (role: Role, duty: 'primary' | 'backup' | 'any', why: (because: string) => string): Recipient[] => {
    const timezone = directory.estate(q.estate)?.timezone ?? 'Asia/Shanghai';
    const { on, absent } = whoIsOn(directory.roster(q.estate), { ...q, role, duty, timezone });
    for (const a of absent) missing.add(`${a.person ?? 'nobody'}: ${a.because}`);
    return on.map((d) => ({ person: d.person, role, because: why(d.because) }));
  };
  switch (t.kind) {
    case 'on-duty': {
      const found = serving(t.role, t.duty, (b) => b);
      return found.length > 0 ? found : `no ${t.duty === 'any' ? '' : `${t.duty} `}${t.role} on duty`;
    }
    case 'call': {
      // Calls are made by the control room: it is told whom to ring.
      const found = serving('control-room', 'any', (b) => `call the ${t.contact} (${b})`);
      return found.length > 0 ? found : `nobody in the control room to call the ${t.contact}`;
    }
    case 'everyone-on-shift': {
      const found = STAFF.flatMap((role) => serving(role, 'any', (b) => `on shift: ${b}`));
      return found.length > 0 ? found : 'nobody on shift';
    }
    case 'person': {
      const [role] = directory.rolesIn(t.person, q.estate);
      return role
        ? [{ person: t.person, role, because: 'named in the policy' }]
        : `${t.person} does not work here any more`;
    }
  }
}
