import type { METER_FLAGS } from '../reading.js';

type Flag = (typeof METER_FLAGS)[number];

/**
 * Words of wmbusmeters' `status` and `current_status`, as its drivers write them. A word that ends in `_PREV_MONTH` or the
 * like tells of the past and is left out; one of Apator's stored marks (`P_LEAK`) does not say since when, and counts
 * as unknown.
 */
const WORDS: Readonly<Record<string, readonly Flag[]>> = {
  OK: [],
  DRY: ['dry'],
  REVERSE: ['reverse'],
  REVERSED: ['reverse'],
  REVERSE_FLOW: ['reverse'],
  BACKFLOW: ['reverse'],
  LEAK: ['leak'],
  LEAKING: ['leak'],
  LEAKAGE: ['leak'],
  LEAK_FLOW_LOW: ['leak'],
  LEAK_FLOW_HIGH: ['leak', 'burst'],
  BURST: ['burst'],
  BURSTING: ['burst'],
  TAMPER: ['tamper'],
  SABOTAGE_ENCLOSURE: ['tamper'],
  POWER_LOW: ['low-battery'],
  BATTERY_LOW: ['low-battery'],
  LOW_BATTERY: ['low-battery'],
  NO_FLOW: ['no-consumption'],
  FREEZING: ['freeze'],
  FREEZE: ['freeze'],
  PERMANENT_ERROR: ['fault'],
  TEMPORARY_ERROR: ['fault'],
  METER_BLOCKED: ['fault'],
  ALARM: [],
  UNDERFLOW: [],
};
const PAST = /_(PREV|LAST|THIS)_(MONTH|YEAR|DAY)$/;

/** Flags, in the order of the words, and the words that nobody here knows. */
export function wmbusFlags(...statuses: readonly unknown[]): { flags: Flag[]; unknown: string[] } {
  const flags = new Set<Flag>();
  const unknown: string[] = [];
  for (const status of statuses) {
    if (typeof status !== 'string') continue;
    for (const word of status.split(/\s+/)) {
      if (word === '' || PAST.test(word)) continue;
      const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
      if (known) for (const f of known) flags.add(f);
      else unknown.push(word);
    }
  }
  return { flags: [...flags], unknown };
}
