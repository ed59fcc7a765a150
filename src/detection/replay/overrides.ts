import { closestName } from '../../config/closest-name.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Detector } from '../detector.js';
import type { GroupDetector } from '../group-detector.js';
import type { Parameter } from '../parameter.js';

/** Every parameter that these rules have, by key, in alphabetical order. */
export function parametersOf(rules: readonly Pick<Detector | GroupDetector, 'parameters'>[]): Map<string, Parameter> {
  const all = rules.flatMap((r) => r.parameters ?? []);
  return new Map(all.map((p): [string, Parameter] => [p.key, p]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `meter.vacant-flow.minSteps=3` and the like; each mistake in a sentence that says what would be right. */
export function parseOverrides(
  given: readonly string[],
  known: ReadonlyMap<string, Parameter>,
): Result<Record<string, number>, string[]> {
  const values: Record<string, number> = {};
  const mistakes: string[] = [];
  for (const text of given) {
    const cut = text.indexOf('=');
    const key = cut < 0 ? text : text.slice(0, cut);
    const written = cut < 0 ? '' : text.slice(cut + 1).trim();
    const parameter = known.get(key);
    const value = Number(written);
    if (!parameter) mistakes.push(unknownKey(key, known));
    else if (written === '' || !Number.isFinite(value)) mistakes.push(`${key}: "${written}" is not a number`);
    else if (value < parameter.min || value > parameter.max)
      mistakes.push(`${key}: ${value} is outside ${parameter.min} to ${parameter.max} ${parameter.unit}`);
    else if (parameter.whole && !Number.isInteger(value)) mistakes.push(`${key}: ${value} is not a whole number`);
    else values[key] = value;
  }
  return mistakes.length > 0 ? err(mistakes) : ok(values);
}

function unknownKey(key: string, known: ReadonlyMap<string, Parameter>): string {
  const keys = [...known.keys()];
  const rule = key.slice(0, key.lastIndexOf('.') + 1);
  const closest = closestName(key, keys);
  if (closest !== undefined) return `there is no parameter ${key}; the closest is ${closest}`;
  const beside = keys.filter((k) => rule !== '' && k.startsWith(rule));
  const others = beside.length > 0 ? beside : keys;
  return `there is no parameter ${key}; ${others.length > 0 ? `there are ${others.join(', ')}` : 'no rule has any'}`;
}
