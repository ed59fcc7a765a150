import type { DeviceKind } from '../../estate/device.js';
import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { canonicalFields, checkValues } from '../dialects/check-values.js';
import type { ForeignObject } from '../dialects/dialect.js';
import { fieldTable, type FieldTable } from '../dialects/field-table.js';
import { invalid, isForeignName, isObject, timeOf } from '../dialects/read-json.js';
import type { ValuesByKind } from '../reading.js';
import { boundedExpression, type BoundedExpression } from './bounded-expression.js';
import type { ProfileSpec } from './profile.js';

export interface ProfileReading {
  readonly values: ValuesByKind[DeviceKind];
  /** Missing: the profile does not tell; the message's own time counts. */
  readonly observedAt?: number;
  readonly seq?: number;
  /** A record from the device's memory, not what it says now. */
  readonly historic?: true;
}

export interface Profile {
  readonly spec: ProfileSpec;
  /** A promise only where JSONata is asked. */
  read(
    object: ForeignObject,
    omitsFalse: boolean,
  ): Result<ProfileReading[], Reject> | Promise<Result<ProfileReading[], Reject>>;
  /** The device's name in a message to `topic`; undefined when the topic is not the profile's. */
  nameIn(topic: string, object: ForeignObject): Promise<string | undefined>;
}

/** @throws Error with a sentence that names the faulty part */
export function compileProfile(spec: ProfileSpec): Profile {
  const table = spec.fields === undefined ? null : fieldTable(spec.kind, { ...spec, fields: spec.fields });
  const values = Object.entries(spec.values ?? {}).map(([field, text]) => {
    if (!canonicalFields(spec.kind).has(field)) throw new Error(`values.${field}: no field of the kind ${spec.kind}`);
    return { field, expression: compiled(`values.${field}`, text) };
  });
  const at = optional('observedAt', spec.observedAt);
  const seq = optional('seq', spec.seq);
  const device = optional('device', spec.device);
  const topic = spec.topic === undefined ? null : topicPattern(spec.topic);
  const needsJsonata = values.length > 0 || at !== null || seq !== null;
  const read = (object: ForeignObject, omitsFalse: boolean): Result<ProfileReading[], Reject> => {
    const mapped = table?.map(object, omitsFalse) ?? ok({});
    const records = spec.history ? earlier(spec, spec.history, table, object) : ok([]);
    if (!records.ok) return records;
    if (!mapped.ok) return records.value.length > 0 ? ok(records.value) : mapped;
    const checked = checkValues(spec.kind, mapped.value);
    return checked.ok ? ok([...records.value, { values: checked.value }]) : checked;
  };
  return {
    spec,
    read: (object, omitsFalse) =>
      needsJsonata ? withJsonata(spec.kind, table, { values, at, seq }, object, omitsFalse) : read(object, omitsFalse),
    nameIn: async (given, object) => {
      const levels = topic?.exec(given);
      if (topic && !levels) return undefined;
      if (!device) return levels?.groups?.['device'];
      const found = await device.evaluate(object);
      return found.ok && isForeignName(found.value) ? found.value : undefined;
    },
  };
}

interface Expressions {
  readonly values: readonly { field: string; expression: BoundedExpression }[];
  readonly at: BoundedExpression | null;
  readonly seq: BoundedExpression | null;
}

async function withJsonata(
  kind: DeviceKind,
  table: FieldTable | null,
  { values, at, seq }: Expressions,
  object: ForeignObject,
  omitsFalse: boolean,
): Promise<Result<ProfileReading[], Reject>> {
  const mapped = table?.map(object, omitsFalse);
  if (mapped && !mapped.ok && values.length === 0) return mapped;
  const found: Record<string, unknown> = mapped?.ok ? mapped.value : {};
  for (const { field, expression } of values) {
    const value = await expression.evaluate(object);
    if (!value.ok) return invalid(`values.${field}: ${value.error}`);
    if (value.value !== undefined && value.value !== null) found[field] = value.value;
  }
  if (Object.keys(found).length === 0) return invalid('no expression gives a value');
  const checked = checkValues(kind, found);
  if (!checked.ok) return checked;
  const time = at ? await at.evaluate(object) : undefined;
  if (time && !time.ok) return invalid(`observedAt: ${time.error}`);
  const observedAt = time ? timeOf(time.value) : undefined;
  if (time && observedAt === undefined)
    return invalid(`observedAt: ${JSON.stringify(time.value)} is no time with a zone`);
  const number = seq ? await seq.evaluate(object) : undefined;
  if (number && !(number.ok && Number.isSafeInteger(number.value) && (number.value as number) >= 0))
    return invalid(`seq: ${number.ok ? 'no whole number' : number.error}`);
  return ok([
    {
      values: checked.value,
      ...(observedAt === undefined ? {} : { observedAt }),
      ...(number?.ok ? { seq: number.value as number } : {}),
    },
  ]);
}

/** Records that the device had stored while its network was away. */
function earlier(
  spec: ProfileSpec,
  { list, time }: { list: string; time: string },
  table: FieldTable | null,
  object: ForeignObject,
): Result<ProfileReading[], Reject> {
  const records = object[list];
  if (records === undefined) return ok([]);
  if (!Array.isArray(records) || records.length > 1000) return invalid(`${list}: no list of at most 1000 records`);
  const readings: ProfileReading[] = [];
  for (const [i, record] of records.entries()) {
    if (!isObject(record)) return invalid(`${list}[${i}]: not an object`);
    const observedAt = timeOf(record[time]);
    if (observedAt === undefined) return invalid(`${list}[${i}].${time}: not a time`);
    const mapped = table?.map(record, false) ?? invalid('no table of fields');
    const checked = mapped.ok ? checkValues(spec.kind, mapped.value) : mapped;
    if (!checked.ok) return invalid(`${list}[${i}]: ${checked.error.detail}`);
    readings.push({ values: checked.value, observedAt, historic: true });
  }
  return ok(readings.sort((a, b) => (a.observedAt ?? 0) - (b.observedAt ?? 0)));
}

const optional = (what: string, text: string | undefined): BoundedExpression | null =>
  text === undefined ? null : compiled(what, text);

function compiled(what: string, text: string): BoundedExpression {
  try {
    return boundedExpression(text);
  } catch (e) {
    throw new Error(`${what}: ${(e as Error).message}`, { cause: e });
  }
}

/** `acme/{device}/+/up` */
function topicPattern(pattern: string): RegExp {
  const levels = pattern.split('/').map((level) => {
    if (level === '{device}') return '(?<device>[^/]{1,128})';
    if (level === '+') return '[^/]*';
    if (/[+#{}]/.test(level)) throw new Error(`topic: "${level}" is no level; use {device} or +`);
    return level.replace(/[.*?^$()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${levels.join('/')}$`, 'u');
}
