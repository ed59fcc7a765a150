import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import type { Profile } from '../profiles/compile-profile.js';
import { nothing, type ForeignMessage, type Statement } from './dialect.js';
import { invalid, isForeignName, readObject } from './read-json.js';

/** A bridge whose topics and payloads are told by a device profile: for what speaks no dialect that is known here. */
export async function unwrapByProfile(
  profile: Profile | undefined,
  message: ForeignMessage,
): Promise<Result<readonly Statement[], Reject>> {
  if (!profile) return invalid('the profile of this bridge does not exist');
  if (message.retained) return ok(nothing('retained'));
  const read = readObject(message.payload);
  if (!read.ok) return read;
  const device = await profile.nameIn(message.topic, read.value);
  if (!isForeignName(device))
    return invalid(`neither topic nor payload names a device: ${message.topic.slice(0, 200)}`);
  return ok([{ type: 'values', device, object: read.value, observedAt: message.receivedAt }]);
}
