import type { DeviceKind } from '../../estate/device.js';
import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { NATIVE_SCHEMAS } from '../native-schemas.js';
import type { ValuesByKind } from '../reading.js';
import { invalid } from './read-json.js';

/** Any time: the schemas are those of whole readings. */
const SOME_TIME = '2000-01-01T00:00:00Z';
const ENVELOPE = new Set(['observedAt', 'seq']);

const FIELDS = new Map(
  Object.entries(NATIVE_SCHEMAS).map(([kind, schema]) => [
    kind,
    new Set(Object.keys(schema.shape).filter((k) => !ENVELOPE.has(k))),
  ]),
);

/** The canonical fields of a kind, or undefined when it has none of that name. */
export const canonicalFields = (kind: DeviceKind): ReadonlySet<string> => FIELDS.get(kind) ?? new Set();

/** Whatever dialect they came in, values keep to the bounds of the native one. */
export function checkValues(
  kind: DeviceKind,
  values: Readonly<Record<string, unknown>>,
): Result<ValuesByKind[DeviceKind], Reject> {
  const known = canonicalFields(kind);
  const unknown = Object.keys(values).find((k) => !known.has(k));
  if (unknown !== undefined) return invalid(`${unknown}: no field of the kind ${kind}`);
  const parsed = NATIVE_SCHEMAS[kind].safeParse({ ...values, observedAt: SOME_TIME });
  if (!parsed.success) {
    const said = parsed.error.issues.slice(0, 3).map((i) => `${i.path.join('.') || 'reading'}: ${i.message}`);
    return invalid(said.join('; '));
  }
  const { observedAt: _, ...checked } = parsed.data as Record<string, unknown>;
  if (Object.keys(checked).length === 0) return invalid('no value that this kind of device has');
  return ok(checked as ValuesByKind[DeviceKind]);
}
