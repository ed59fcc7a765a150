import type { EventName, SubjectType } from '../kernel/events.js';
import type { OperatorLoad } from '../reports/figures/operator-load.js';
import type { TicketFigures } from '../reports/figures/monthly-figures.js';
import type { Names, Place } from './views.js';

/** An alarm of one thing, as ISA-18.2 counts them. */
export interface AlarmTagView {
  event: EventName;
  title: Names;
  subject: { type: SubjectType; id: string };
  place: Place;
}

/** Figures of one estate and calendar month; seconds unless a name says otherwise. Drills are counted apart. */
export interface MonthlyFiguresView {
  estate: string;
  name: Names;
  month: string;
  from: string;
  to: string;
  timezone: string;
  /** The month is over: what was open at its end may still change the figures of its tickets. */
  complete: boolean;
  madeAt: string;
  real: TicketFigures;
  drills: TicketFigures;
  /** Events by name, for showing. */
  events: Record<string, Names>;
  load: Omit<OperatorLoad, 'mostFrequent' | 'chattering'> & {
    mostFrequent: (AlarmTagView & { count: number; share: number })[];
    chattering: (AlarmTagView & { bursts: number })[];
  };
}
