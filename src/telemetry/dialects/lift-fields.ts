import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { checkValues } from './check-values.js';
import type { CanonicalValues, DialectId, ForeignObject, Statement } from './dialect.js';
import { invalid, isForeignName, numberAt, readObject, textAt, timeOf } from './read-json.js';
import type { ElevatorValues, LiftFault } from '../reading.js';

/** What a code says: a fault by its name here, and what follows from it for other fields. */
export interface CodeMeaning {
  readonly fault?: LiftFault;
  readonly sets?: Partial<ElevatorValues>;
}

/** What the bridges have in common: an object a message, numbers for states. */
export interface LiftFields {
  readonly dialect: DialectId;
  readonly numbers: Readonly<Record<string, (n: number) => Partial<ElevatorValues> | undefined>>;
  /** 0 or 1, which must not be taken for one another. */
  readonly bits: Readonly<Record<string, (on: boolean) => Partial<ElevatorValues>>>;
  readonly codes: Readonly<Record<number, CodeMeaning>>;
}

/** @param idKey the field that holds the lift's number at the bridge */
export function unwrapLift(payload: Buffer, keys: { id: string; time: string }): Result<readonly Statement[], Reject> {
  const read = readObject(payload);
  if (!read.ok) return read;
  const { value: object } = read;
  const device = textAt(object, keys.id);
  if (!isForeignName(device)) return invalid(`${keys.id}: missing`);
  const observedAt = timeOf(object[keys.time]);
  if (observedAt === undefined) return invalid(`${keys.time}: not a time with a zone`);
  const { seq } = object;
  if (seq !== undefined && !(Number.isSafeInteger(seq) && (seq as number) >= 0)) return invalid('seq: no whole number');
  const numbered = seq === undefined ? {} : { seq: seq as number };
  return ok([{ type: 'values', device, object, observedAt, ...numbered }]);
}

/** States first, the code last: what a code says about the mode counts only where the state does not say it itself. */
export function readLift(fields: LiftFields, object: ForeignObject): Result<CanonicalValues, Reject> {
  const values: ElevatorValues = {};
  for (const [key, meaning] of Object.entries(fields.numbers)) {
    if (object[key] === undefined || object[key] === null) continue;
    const n = numberAt(object, key);
    const found = n === undefined ? undefined : meaning(n);
    if (!found) return invalid(`${key}: ${JSON.stringify(object[key])} is not known`);
    Object.assign(values, found);
  }
  for (const [key, meaning] of Object.entries(fields.bits)) {
    const bit = object[key];
    if (bit === undefined || bit === null) continue;
    if (bit !== 0 && bit !== 1) return invalid(`${key}: ${JSON.stringify(bit)} is neither 0 nor 1`);
    Object.assign(values, meaning(bit === 1));
  }
  const notes = applyCode(fields, object['faultCode'], values);
  if (notes === null) return invalid(`faultCode: ${JSON.stringify(object['faultCode'])} is no number`);
  const checked = checkValues('elevator', values as Record<string, unknown>);
  return checked.ok ? ok({ values: checked.value, notes }) : checked;
}

function applyCode(fields: LiftFields, code: unknown, values: ElevatorValues): string[] | null {
  if (code === undefined || code === null) return [];
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) return null;
  if (code === 0) {
    values.fault = 'none';
    return [];
  }
  values.faultCode = String(code);
  values.faultDialect = fields.dialect;
  const meaning = Object.hasOwn(fields.codes, code) ? fields.codes[code] : undefined;
  if (!meaning) {
    // Kept raw beside its values: a person must see it, no rule may guess it.
    values.fault = 'other';
    return [`faultCode: ${code} is in no table of ${fields.dialect}`];
  }
  if (meaning.fault) values.fault = meaning.fault;
  for (const [key, value] of Object.entries(meaning.sets ?? {})) {
    if (values[key as keyof ElevatorValues] === undefined) Object.assign(values, { [key]: value });
  }
  return [];
}

/** A number that stands for a state. */
export const state =
  <K extends keyof ElevatorValues>(field: K, states: Readonly<Record<number, ElevatorValues[K]>>) =>
  (n: number): Partial<ElevatorValues> | undefined =>
    Object.hasOwn(states, n) ? ({ [field]: states[n] } as Partial<ElevatorValues>) : undefined;

/** A measured number. */
export const measure =
  (field: keyof ElevatorValues) =>
  (n: number): Partial<ElevatorValues> => ({ [field]: n });
