import type { ClockView, Names, Place } from './views.js';

/** What somebody with a link sees: his job, and nothing else of the estate. */
export interface JobView {
  title: Names;
  place: Place;
  estate: Names;
  /** How to get in; null = nothing is recorded. */
  access: Names | null;
  priority: 'P1' | 'P2' | 'P3';
  drill: boolean;
  openedAt: string;
  /** `open` = nobody has it yet. */
  state: 'open' | 'mine';
  acceptedAt: string | null;
  enRouteAt: string | null;
  onSiteAt: string | null;
  clocks: ClockView[];
  can: JobAction[];
  expiresAt: string;
  /** Server time, for the clocks. */
  now: string;
}
export type JobAction = 'accept' | 'decline' | 'en-route' | 'on-site' | 'rescued';
/** Why a genuine link shows nothing any more. */
export type JobGone = 'expired' | 'over' | 'taken';
