import type { DeviceKind } from '../../estate/device.js';
import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { canonicalFields } from './check-values.js';
import type { ForeignObject } from './dialect.js';
import { invalid, isObject } from './read-json.js';

/** What one field of a maker's object means. */
export type FieldRule =
  /**
   * A number: times `scale`, plus `offset`, is this canonical field. `absent`: numbers by which the maker says that
   * nothing was measured (327.67 °C of a probe that is not plugged in).
   */
  | { readonly to: string; readonly scale?: number; readonly offset?: number; readonly absent?: readonly number[] }
  /** A word, number or boolean, as text: each one that the maker documents, and the canonical fields that it means. */
  | { readonly cases: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

/** Where false and 0 are left out: a missing field means this value, if all fields of `beside` are there and equal. */
export interface OmittedField {
  readonly field: string;
  readonly means: string | number | boolean;
  readonly beside: Readonly<Record<string, unknown>>;
}

export interface FieldTableSpec {
  /** By path: `water_depth.value` is the field `value` in the object `water_depth`. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Known, and of no concern here. */
  readonly ignored?: readonly string[];
  readonly omitted?: readonly OmittedField[];
  /** The message is no measurement when it has this field: an error of the codec, an answer to a command. */
  readonly refuseIf?: readonly string[];
}

export interface FieldTable {
  /** @param omitsFalse the dialect leaves out "", 0 and false */
  map(object: ForeignObject, omitsFalse: boolean): Result<Record<string, unknown>, Reject>;
}

/**
 * Compiles a table. Fields that it does not know are left out: a new firmware that adds one must not silence a leak. But
 * an unknown *value* of a known field refuses the message, and so does an object of which nothing is known: no value
 * is made up.
 * @throws Error when a rule leads to a field that the kind has not
 */
export function fieldTable(kind: DeviceKind, spec: FieldTableSpec): FieldTable {
  const known = canonicalFields(kind);
  const check = (target: string): void => {
    const top = target.startsWith('channels.') && kind === 'generic' ? 'channels' : target;
    if (!known.has(top)) throw new Error(`"${target}" is no field of the kind ${kind}`);
  };
  const rules = Object.entries(spec.fields).map(([path, rule]) => ({ path, steps: path.split('.'), rule }));
  for (const { rule } of rules) {
    if ('to' in rule) check(rule.to);
    else for (const fields of Object.values(rule.cases)) Object.keys(fields).forEach(check);
  }
  const omitted = new Map((spec.omitted ?? []).map((o) => [o.field, o]));
  const aside = [...(spec.ignored ?? [])];
  return {
    map: (object, omitsFalse) => {
      for (const field of spec.refuseIf ?? []) {
        if (object[field] !== undefined) return invalid(`${field}: ${shown(object[field])}`);
      }
      const values: Record<string, unknown> = {};
      for (const { path, steps, rule } of rules) {
        let raw = valueAt(object, steps);
        if ((raw === undefined || raw === null) && omitsFalse) raw = omittedValue(omitted.get(path), object);
        // null = the device did not measure it this time.
        if (raw === undefined || raw === null) continue;
        const failed = apply(rule, raw, values);
        if (failed !== null) return invalid(`${path}: ${failed}`);
      }
      if (Object.keys(values).length > 0) return ok(values);
      const said = Object.keys(object).filter((k) => !aside.includes(k));
      return invalid(
        said.length > 0
          ? `none of its fields means a value: ${said.slice(0, 10).join(', ').slice(0, 200)}`
          : 'no measured value in it',
      );
    },
  };
}

function apply(rule: FieldRule, raw: unknown, values: Record<string, unknown>): string | null {
  if ('to' in rule) {
    if (typeof raw !== 'number' || !Number.isFinite(raw)) return `expected a number, got ${shown(raw)}`;
    if (rule.absent?.includes(raw)) return null;
    put(values, rule.to, rounded(raw * (rule.scale ?? 1) + (rule.offset ?? 0)));
    return null;
  }
  const text = typeof raw === 'object' ? undefined : String(raw as string | number | boolean);
  const meaning = text !== undefined && Object.hasOwn(rule.cases, text) ? rule.cases[text] : undefined;
  if (!meaning) return `${shown(raw)} is not known (${Object.keys(rule.cases).join(', ')})`;
  for (const [field, value] of Object.entries(meaning)) put(values, field, value);
  return null;
}

/** `channels.valve1Open` goes into the map of a generic device's channels. */
function put(values: Record<string, unknown>, field: string, value: unknown): void {
  if (!field.startsWith('channels.')) values[field] = value;
  else values['channels'] = { ...(values['channels'] as object | undefined), [field.slice('channels.'.length)]: value };
}

/** 0.1 + 0.2 is 0.3 to whoever reads it. */
const rounded = (n: number): number => Number(n.toPrecision(12));

function valueAt(object: ForeignObject, steps: readonly string[]): unknown {
  let value: unknown = object;
  for (const step of steps) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function omittedValue(rule: OmittedField | undefined, object: ForeignObject): unknown {
  if (!rule) return undefined;
  for (const [field, value] of Object.entries(rule.beside)) if (object[field] !== value) return undefined;
  return rule.means;
}

const shown = (v: unknown): string => (JSON.stringify(v) ?? String(v)).slice(0, 80);
