import type { Device } from '../../estate/device.js';
import { ok, type Result } from '../../kernel/result.js';
import type { DecodedReading, Reject } from '../decode-native.js';
import type { Profile, ProfileReading } from '../profiles/compile-profile.js';
import { canonicalFields, checkValues } from './check-values.js';
import type { Dialect, Statement } from './dialect.js';
import { genericChannels } from './generic-channels.js';
import { invalid } from './read-json.js';

export interface ReadStatement {
  readonly readings: DecodedReading[];
  /** What was left out of them, for the operator. */
  readonly notes: readonly string[];
}

type Said = Extract<Statement, { type: 'values' }>;
type Target = Pick<Device, 'kind' | 'attributes'>;

/**
 * What a device said, as canonical readings: through its own profile, else through what the dialect knows, else, for a
 * generic device, under its own names. There is no other way in: a field whose meaning nobody has written down is no value.
 * @param profileOf by id; undefined = there is none of that name
 */
export function readStatement(
  dialect: Pick<Dialect, 'id' | 'read'>,
  said: Said,
  device: Target,
  profileOf: (id: string) => Profile | undefined,
): Result<ReadStatement, Reject> | Promise<Result<ReadStatement, Reject>> {
  const { kind } = device;
  const id = device.attributes.profile;
  if (Object.keys(said.object).length === 0 && said.batteryPct !== undefined) return batteryAlone(said, kind);
  if (id !== undefined) {
    const profile = profileOf(id);
    if (!profile) return invalid(`its profile "${id}" does not exist`);
    if (profile.spec.kind !== kind) return invalid(`its profile "${id}" is for the kind ${profile.spec.kind}`);
    const read = profile.read(said.object, said.omitsFalse === true);
    return read instanceof Promise ? read.then((r) => fromProfile(r, said, kind)) : fromProfile(read, said, kind);
  }
  if (dialect.read && !(kind === 'generic' && dialect.id === 'zigbee2mqtt')) {
    const read = dialect.read(kind, said.object);
    if (!read.ok) return read;
    return ok({ readings: [reading(said, { values: read.value.values }, kind)], notes: read.value.notes });
  }
  if (kind !== 'generic') return invalid('it has no profile: nobody has said what its fields mean');
  const channels = genericChannels(said.object, device.attributes.capabilities);
  return channels.ok ? ok({ readings: [reading(said, { values: channels.value }, kind)], notes: [] }) : channels;
}

function fromProfile(
  read: Result<ProfileReading[], Reject>,
  said: Said,
  kind: Device['kind'],
): Result<ReadStatement, Reject> {
  if (!read.ok) return read;
  return ok({ readings: read.value.map((r) => reading(said, r, kind)), notes: [] });
}

function reading(said: Said, r: ProfileReading, kind: Device['kind']): DecodedReading {
  const { seq } = r.seq === undefined ? said : r;
  const battery =
    said.batteryPct !== undefined && r.historic !== true && canonicalFields(kind).has('batteryPct')
      ? { batteryPct: said.batteryPct, ...r.values }
      : r.values;
  return {
    observedAt: r.observedAt ?? said.observedAt,
    ...(seq === undefined ? {} : { seq }),
    ...(r.historic === true ? { historic: true as const } : {}),
    values: battery,
  };
}

/** The network server tells the battery in a message of its own. */
function batteryAlone(said: Said, kind: Device['kind']): Result<ReadStatement, Reject> {
  const { batteryPct } = said;
  const values = canonicalFields(kind).has('batteryPct')
    ? { batteryPct }
    : kind === 'generic'
      ? { channels: { batteryPct } }
      : null;
  if (!values) return invalid(`the kind ${kind} has no battery`);
  const checked = checkValues(kind, values);
  return checked.ok ? ok({ readings: [reading(said, { values: checked.value }, kind)], notes: [] }) : checked;
}
