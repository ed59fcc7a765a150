import type { NoteView } from '../../src/gateway/by-hand-views.js';
import type { AlarmView, ChangeEvent, ListOf, PageView, StepView, TicketView } from '../../src/gateway/views.js';
import type { DeviceLife } from '../../src/estate/device.js';

/**
 * What a screen knows of one estate, and at which change number it is true. Pure: the feed performs the effects.
 * Law 7: changes carry a gapless number per estate; a screen that missed one asks again and ends equal to the database.
 */
export interface EstateState {
  readonly estate: string;
  /** Last change applied; null until the lists have been loaded. */
  readonly seq: number | null;
  readonly loading: boolean;
  readonly alarms: ReadonlyMap<string, AlarmView>;
  readonly tickets: ReadonlyMap<string, TicketView>;
  readonly pages: ReadonlyMap<string, PageView>;
  /** Steps that changed since the lists, by `ticketId/no`. */
  readonly steps: ReadonlyMap<string, StepView>;
  /** Notes written since the lists, by id. */
  readonly notes: ReadonlyMap<string, NoteView>;
  readonly lives: ReadonlyMap<string, DeviceLife>;
  /** Change numbers at which the loaded lists were true: replay must not turn them back. */
  readonly alarmsAt: number;
  readonly ticketsAt: number;
  /** Number of the last change of a job on the task screen. */
  readonly tasksAt: number;
  /** The last `resume` asked for, so that a burst of gaps asks once. */
  readonly asked: { readonly seq: number; readonly at: number } | null;
}

export type EstateInput =
  | { type: 'connected'; now: number }
  | { type: 'loaded'; alarms: ListOf<AlarmView>; tickets: ListOf<TicketView>; now: number }
  | { type: 'load-failed' }
  | { type: 'change'; change: ChangeEvent; now: number }
  | { type: 'live'; seq: number; now: number }
  | { type: 'reset' };

/** `resume`: emit `resume {estate, lastSeq: state.seq}`; `load`: fetch both lists. */
type EstateEffect = 'none' | 'resume' | 'load';
interface EstateStep {
  readonly state: EstateState;
  readonly effect: EstateEffect;
}

/** An unanswered `resume` is repeated after this many milliseconds. */
const ASK_AGAIN_MS = 2000;

export const emptyEstate = (estate: string): EstateState => ({
  estate,
  seq: null,
  loading: false,
  alarms: new Map(),
  tickets: new Map(),
  pages: new Map(),
  steps: new Map(),
  notes: new Map(),
  lives: new Map(),
  alarmsAt: 0,
  ticketsAt: 0,
  tasksAt: 0,
  asked: null,
});

const stay = (state: EstateState): EstateStep => ({ state, effect: 'none' });
const byId = <T extends { id: string }>(items: readonly T[]) => new Map(items.map((i) => [i.id, i]));
const put = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
  new Map(map).set(key, value);

const load = (state: EstateState): EstateStep =>
  state.loading ? stay(state) : { state: { ...state, loading: true }, effect: 'load' };

const resume = (state: EstateState, now: number): EstateStep =>
  state.seq === null ? load(state) : { state: { ...state, asked: { seq: state.seq, at: now } }, effect: 'resume' };

const resumeOnce = (state: EstateState, now: number): EstateStep => {
  const waiting = state.asked !== null && state.asked.seq === state.seq && now - state.asked.at < ASK_AGAIN_MS;
  return waiting ? stay(state) : resume(state, now);
};

const applyChange = (state: EstateState, change: ChangeEvent): EstateState => {
  const at = { ...state, seq: change.seq };
  switch (change.type) {
    case 'alarm':
      return change.seq > state.alarmsAt ? { ...at, alarms: put(state.alarms, change.alarm.id, change.alarm) } : at;
    case 'ticket':
      return change.seq > state.ticketsAt
        ? { ...at, tickets: put(state.tickets, change.ticket.id, change.ticket) }
        : at;
    case 'page':
      return { ...at, pages: put(state.pages, change.page.id, change.page) };
    case 'step':
      return { ...at, steps: put(state.steps, `${change.ticketId}/${change.step.no}`, change.step) };
    case 'note':
      return { ...at, notes: put(state.notes, change.note.id, change.note) };
    case 'device':
      return { ...at, lives: put(state.lives, change.device, change.life) };
    case 'task':
      return { ...at, tasksAt: change.seq };
    default:
      // `hidden`, and kinds that a newer server may send: the number alone counts.
      return at;
  }
};

export const nextEstate = (state: EstateState, input: EstateInput): EstateStep => {
  switch (input.type) {
    case 'connected':
      return resume(state, input.now);
    case 'loaded': {
      // The lists come from two requests: start at the older number and let the replay skip what is already in.
      const seq = Math.min(input.alarms.seq, input.tickets.seq);
      return resume(
        {
          ...emptyEstate(state.estate),
          seq,
          alarms: byId(input.alarms.items),
          tickets: byId(input.tickets.items),
          alarmsAt: input.alarms.seq,
          ticketsAt: input.tickets.seq,
          lives: state.lives,
        },
        input.now,
      );
    }
    case 'load-failed':
      return stay({ ...state, loading: false });
    case 'change': {
      if (state.seq === null || input.change.seq <= state.seq) return stay(state);
      if (input.change.seq === state.seq + 1) return stay(applyChange(state, input.change));
      return resumeOnce(state, input.now);
    }
    case 'live':
      return state.seq !== null && input.seq > state.seq ? resumeOnce(state, input.now) : stay(state);
    case 'reset':
      return load(state);
  }
};
