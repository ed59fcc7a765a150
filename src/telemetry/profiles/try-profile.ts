import { readObject } from '../dialects/read-json.js';
import type { Profile } from './compile-profile.js';

/** What a dry run shows: the readings, or the exact reason why there are none. */
export type Trial =
  | {
      readonly ok: true;
      /** Its name as topic or payload tell it; null when the profile leaves that to the dialect. */
      readonly device: string | null;
      readonly readings: readonly {
        readonly observedAt: string | null;
        readonly seq?: number;
        readonly historic?: true;
        readonly values: object;
      }[];
    }
  | { readonly ok: false; readonly reason: string };

/** @param payload as the device's message holds it: the decoded object alone, without a network server's envelope */
export async function tryProfile(profile: Profile, payload: Buffer, topic: string | undefined): Promise<Trial> {
  const object = readObject(payload);
  if (!object.ok) return { ok: false, reason: `${object.error.reason}: ${object.error.detail}` };
  const read = await profile.read(object.value, false);
  if (!read.ok) return { ok: false, reason: `${read.error.reason}: ${read.error.detail}` };
  const device = topic === undefined ? undefined : await profile.nameIn(topic, object.value);
  if (topic !== undefined && device === undefined)
    return { ok: false, reason: `neither the topic ${topic} nor the payload names a device` };
  const readings = read.value.map(({ observedAt, ...r }) => ({
    ...r,
    observedAt: observedAt === undefined ? null : new Date(observedAt).toISOString(),
  }));
  return { ok: true, device: device ?? null, readings };
}
