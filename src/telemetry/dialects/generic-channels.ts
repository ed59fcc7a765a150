import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import type { GenericValues } from '../reading.js';
import { checkValues } from './check-values.js';
import type { ForeignObject } from './dialect.js';
import { invalid, isObject } from './read-json.js';

const MAX_DEPTH = 4;

/**
 * For a generic device without a profile: the numbers and booleans that its capabilities name, under their own names,
 * nested ones joined by dots. Nothing is guessed: a serial number is a number, too. Texts have no place in channels.
 */
export function genericChannels(object: ForeignObject, wanted: readonly string[]): Result<GenericValues, Reject> {
  const all: Record<string, number | boolean> = {};
  collect(object, '', 0, all);
  const channels = Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
  if (Object.keys(channels).length === 0) {
    const there = Object.keys(all).slice(0, 20).join(', ') || 'none';
    return invalid(`it has no profile, and none of its capabilities is in the message (there are: ${there})`);
  }
  const checked = checkValues('generic', { channels });
  return checked.ok ? ok(checked.value as GenericValues) : checked;
}

function collect(o: ForeignObject, prefix: string, depth: number, into: Record<string, number | boolean>): void {
  for (const [key, value] of Object.entries(o)) {
    const name = prefix + key;
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) into[name] = value;
    else if (isObject(value) && depth < MAX_DEPTH) collect(value, `${name}.`, depth + 1, into);
  }
}
