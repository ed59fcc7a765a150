import type { AlarmState } from '../gateway/views.js';

/**
 * ISA-18.2 / IEC 62682 alarm states as data. An action that a state does not list is not legal there.
 * Latched alarms use LUNACK/LACKED in place of RTNUN/NORM when the condition clears and leave only by `end`.
 */
export type AlarmAction =
  /** The condition clears. */
  | 'clear'
  /** It comes back while the alarm is still open. */
  | 'recur'
  | 'ack'
  | 'shelve'
  | 'unshelve'
  /** A person ends it, or its ticket does. */
  | 'end';

type Row = Partial<Record<AlarmAction, AlarmState>>;

const TRANSIENT: Record<AlarmState, Row> = {
  NORM: {},
  UNACK: { clear: 'RTNUN', ack: 'ACKED', shelve: 'SHLVD', end: 'NORM' },
  ACKED: { clear: 'NORM', shelve: 'SHLVD', end: 'NORM' },
  RTNUN: { recur: 'UNACK', ack: 'NORM', shelve: 'SHLVD', end: 'NORM' },
  LUNACK: {},
  LACKED: {},
  SHLVD: { clear: 'NORM', unshelve: 'UNACK', end: 'NORM' },
  DSUPR: { clear: 'NORM', recur: 'UNACK', end: 'NORM' },
  OOSRV: { clear: 'NORM', recur: 'UNACK', end: 'NORM' },
};

const LATCHED: Record<AlarmState, Row> = {
  ...TRANSIENT,
  UNACK: { clear: 'LUNACK', ack: 'ACKED', shelve: 'SHLVD', end: 'NORM' },
  ACKED: { clear: 'LACKED', shelve: 'SHLVD', end: 'NORM' },
  LUNACK: { recur: 'UNACK', ack: 'LACKED', shelve: 'SHLVD', end: 'NORM' },
  LACKED: { recur: 'UNACK', shelve: 'SHLVD', end: 'NORM' },
  // Cleared on the shelf it waits there for its person: back from the shelf it is LUNACK.
  SHLVD: { unshelve: 'UNACK', end: 'NORM' },
};

/** The state after `action`, or null when the action is not legal in `state`. */
export function nextAlarmState(state: AlarmState, action: AlarmAction, latched: boolean): AlarmState | null {
  return (latched ? LATCHED : TRANSIENT)[state][action] ?? null;
}
