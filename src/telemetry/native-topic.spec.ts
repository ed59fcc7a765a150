import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEVICE_KINDS } from '../estate/device.js';
import { parseNativeTopic, telemetryTopic } from './native-topic.js';

describe('a native topic', () => {
  it('names estate, kind, device and channel', () => {
    expect(parseNativeTopic('steward/v1/jinyue/water-meter/jy-6-802-meter/telemetry')).toEqual({
      estate: 'jinyue',
      kind: 'water-meter',
      device: 'jy-6-802-meter',
      channel: 'telemetry',
    });
    expect(parseNativeTopic('steward/v1/e/gate/g/command/ack')).toMatchObject({ channel: 'command/ack' });
    expect(parseNativeTopic('steward/v1/e/gate/g/status')).toMatchObject({ channel: 'status' });
  });

  it.each([
    'steward/v2/e/gate/g/telemetry',
    'other/v1/e/gate/g/telemetry',
    'steward/v1/e/toaster/g/telemetry',
    'steward/v1/e/gate/g',
    'steward/v1/e/gate/g/',
    'steward/v1//gate/g/telemetry',
    'steward/v1/e/gate//telemetry',
    'steward/v1/e/gate/g/telemetry/more',
    'steward/v1/e/gate/g/telemetry/',
    'steward/v1/e/gate/g/command/ack/more',
    'steward/v1/e/gate/g/command/nack',
    '/steward/v1/e/gate/g/telemetry',
    '',
    '$SYS/broker',
  ])('is not %j', (topic) => {
    expect(parseNativeTopic(topic)).toBeNull();
  });

  it('read is what was written, for every kind and id', () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(id, fc.constantFrom(...DEVICE_KINDS), id, (estate, kind, device) => {
        expect(parseNativeTopic(telemetryTopic({ estate, kind, id: device }))).toEqual({
          estate,
          kind,
          device,
          channel: 'telemetry',
        });
      }),
    );
  });

  it('of any text is null or made of its own parts', () => {
    const part = fc.constantFrom('steward', 'v1', 'gate', 'g', 'telemetry', 'command', 'ack', '', '+', '#');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const t = parseNativeTopic(parts.join('/'));
        if (t) expect(`steward/v1/${t.estate}/${t.kind}/${t.device}/${t.channel}`).toBe(parts.join('/'));
      }),
    );
  });
});
