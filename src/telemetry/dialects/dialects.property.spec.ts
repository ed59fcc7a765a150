import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEVICE_KINDS } from '../../estate/device.js';
import { checkValues } from './check-values.js';
import { DIALECTS } from './dialect-catalogue.js';
import { readStatement } from './read-statement.js';

const TOPICS = [
  'application/a/device/24e124136b502217/event/up',
  'v3/a@t/devices/d1/up',
  'steward/v1/e/gate/d1/telemetry',
  'spBv1.0/g/DDATA/n/d',
  'spBv1.0/g/NBIRTH/n',
  'anything/at all',
  'x/availability',
];
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
  fc.json().map((j) => Buffer.from(j)),
  fc
    .record(
      {
        ...{
          id: fc.string(),
          liftCode: fc.string(),
          deviceId: fc.string(),
          time: fc.integer(),
          faultCode: fc.integer(),
        },
        ...{ contact: fc.anything(), water_leak: fc.anything(), total_m3: fc.double(), status: fc.string() },
        ...{ media: fc.constantFrom('water', 'gas'), timestamp: fc.oneof(fc.string(), fc.integer()) },
        ...{ observedAt: fc.constant('2026-03-01T00:00:00Z'), position: fc.constantFrom('open', 'odd') },
      },
      { requiredKeys: [] },
    )
    .map((o) => Buffer.from(JSON.stringify(o) ?? 'null')),
);

describe.each(Object.values(DIALECTS))('$id', (dialect) => {
  it('never throws, and gives only values within the bounds of their kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...TOPICS), payload), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...DEVICE_KINDS),
        async (messages, kind) => {
          const session = dialect.newSession();
          for (const [topic, bytes] of messages) {
            const said = dialect.unwrap({ topic, payload: bytes, receivedAt: 1e12, retained: false }, session);
            for (const s of said.ok ? said.value : []) {
              if (s.type !== 'values') continue;
              const target = { kind, attributes: { expectedIntervalS: 60, capabilities: [] } };
              const read = await readStatement(dialect, s, target, () => undefined);
              for (const r of read.ok ? read.value.readings : []) {
                expect(checkValues(kind, r.values as Record<string, unknown>).ok).toBe(true);
                expect(Number.isFinite(r.observedAt)).toBe(true);
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
