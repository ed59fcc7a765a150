import type { Role } from '../gateway/views.js';

/** What a person may be in an estate. A role in one estate says nothing about another. */
export const ROLES = [
  'control-room',
  'butler',
  'security',
  'engineer',
  'supervisor',
  'contractor',
  'project-manager',
] as const satisfies readonly Role[];
