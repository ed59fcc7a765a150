import type { Role } from '../gateway/views.js';

/**
 * One line of the weekly rotation: this person serves in this role on these weekdays from–to, local time of the
 * estate. `to` ≤ `from` runs over midnight into the next day, so `00:00`–`00:00` is the whole day.
 */
export interface RosterEntry {
  readonly id: string;
  readonly estate: string;
  /** null = the whole estate. */
  readonly zone: string | null;
  readonly role: Role;
  readonly duty: 'primary' | 'backup';
  /** User name. */
  readonly person: string;
  /** 1 = Monday … 7 = Sunday: the day on which the shift begins. */
  readonly weekdays: readonly number[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
}
