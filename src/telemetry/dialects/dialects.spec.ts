import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '../../estate/device.js';
import type { Profile } from '../profiles/compile-profile.js';
import { readProfileFolder } from '../profiles/read-profile-file.js';
import { DIALECTS } from './dialect-catalogue.js';
import type { Statement } from './dialect.js';
import { readStatement } from './read-statement.js';
import { writeSparkplug, type SparkplugPayload } from './sparkplug-payload.js';

interface Outcome {
  readings?: { device?: string; observedAt?: string; seq?: number; historic?: boolean; values: object }[];
  notes?: string[];
  nothing?: string;
  refused?: string;
  presence?: { device: string; online: boolean };
  bridge?: boolean;
  request?: string;
}
interface Fixture {
  says: string;
  device: { kind: Device['kind']; profile?: string; capabilities?: string[] };
  messages: { topic: string; json?: unknown; text?: string; sparkplug?: SparkplugPayload; retained?: boolean }[];
  expect: Outcome[];
}

const RECEIVED_AT = Date.parse('2026-03-01T00:00:05Z');
const profiles = new Map<string, Profile>();
beforeAll(async () => {
  for (const p of await readProfileFolder('config/profiles')) profiles.set(p.spec.id, p);
});

/** What a fixture says must come out, and nothing that it does not say. */
async function outcome(
  statements: readonly Statement[],
  dialect: keyof typeof DIALECTS,
  { kind, profile, capabilities = [] }: Fixture['device'],
): Promise<Outcome> {
  const found: Outcome = {};
  for (const s of statements) {
    if (s.type === 'values') {
      const attributes = { expectedIntervalS: 60, capabilities, ...(profile === undefined ? {} : { profile }) };
      const read = await readStatement(DIALECTS[dialect], s, { kind, attributes }, (id) => profiles.get(id));
      if (!read.ok) found.refused = read.error.detail;
      else {
        const told = read.value.readings.map((r) => ({
          ...r,
          device: s.device,
          observedAt: new Date(r.observedAt).toISOString(),
        }));
        found.readings = [...(found.readings ?? []), ...told];
        if (read.value.notes.length > 0) found.notes = [...read.value.notes];
      }
    } else if (s.type === 'refused') found.refused = s.reject.detail;
    else if (s.type === 'presence') found.presence = { device: s.device, online: s.online };
    else if (s.type === 'bridge') found.bridge = s.online;
    else if (s.type === 'request') found.request = s.topic;
    else if (!s.why.startsWith('rebirth asked')) found.nothing = s.why;
  }
  return found;
}

describe.each(Object.keys(DIALECTS) as (keyof typeof DIALECTS)[])('%s', (id) => {
  const fixtures = JSON.parse(
    readFileSync(new URL(`fixtures/${id}.json`, import.meta.url), 'utf8'),
  ) as readonly Fixture[];

  it.each(fixtures.map((f) => [f.says, f] as const))('%s', async (_, fixture) => {
    const dialect = DIALECTS[id];
    const session = dialect.newSession();
    for (const [i, m] of fixture.messages.entries()) {
      const payload = m.sparkplug ? writeSparkplug(m.sparkplug) : Buffer.from(m.text ?? JSON.stringify(m.json));
      const message = { topic: m.topic, payload, receivedAt: RECEIVED_AT, retained: m.retained === true };
      const said = dialect.unwrap(message, session);
      const found: Outcome = said.ok ? await outcome(said.value, id, fixture.device) : { refused: said.error.detail };
      const { refused, readings, ...rest } = fixture.expect[i] as Outcome;
      expect(Object.keys(found).sort()).toEqual(Object.keys(fixture.expect[i] as Outcome).sort());
      expect(found).toMatchObject(rest);
      if (refused !== undefined) expect(found.refused).toContain(refused);
      expect(found.readings?.length).toBe(readings?.length);
      for (const [k, r] of (readings ?? []).entries()) {
        expect(found.readings?.[k]).toMatchObject({ ...r });
        expect(found.readings?.[k]?.values).toEqual(r.values);
      }
    }
  });
});
