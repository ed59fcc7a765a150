import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { AwaitedAcks } from './awaited-acks.js';
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from './packet-rules.js';

const publish = (qos: 0 | 1 | 2, messageId: number): Buffer =>
  mqttPacket.generate({ cmd: 'publish', topic: 'a/b', payload: 'go', qos, messageId, dup: false, retain: false });
const pubrel = (messageId: number): Buffer => mqttPacket.generate({ cmd: 'pubrel', messageId });

describe('awaited acknowledgements', () => {
  it('knows what a QoS 1 command is answered with, once', () => {
    const acks = new AwaitedAcks();
    acks.wrote(publish(1, 9));
    expect(acks.judge(PUBREC, 9)).toBe('wrong');
    expect(acks.judge(PUBACK, 8)).toBe('drop');
    expect(acks.judge(PUBACK, 9)).toBe('pass');
    expect(acks.judge(PUBACK, 9)).toBe('drop');
    expect(acks.size).toBe(0);
  });

  it('follows a QoS 2 exchange, and lets a PUBREC come twice', () => {
    const acks = new AwaitedAcks();
    acks.wrote(publish(2, 3));
    expect(acks.judge(PUBCOMP, 3)).toBe('wrong');
    expect(acks.judge(PUBREC, 3)).toBe('pass');
    acks.wrote(pubrel(3));
    expect(acks.judge(PUBREC, 3)).toBe('drop');
    expect(acks.judge(PUBACK, 3)).toBe('wrong');
    expect(acks.judge(PUBCOMP, 3)).toBe('pass');
  });

  it('always lets a PUBREL through: it ends what the device sent', () => {
    expect(new AwaitedAcks().judge(PUBREL, 3)).toBe('pass');
  });

  it('sees the same however what is written is cut into pieces', () => {
    const packets = fc.array(
      fc.oneof(
        fc.tuple(fc.constantFrom<0 | 1 | 2>(0, 1, 2), fc.integer({ min: 1, max: 65_535 })).map((a) => publish(...a)),
        fc.constantFrom(Buffer.from([0x40, 2, 0, 1]), Buffer.from([0xd0, 0]), Buffer.from([0x20, 2, 0, 0])),
      ),
    );
    fc.assert(
      fc.property(packets, fc.integer({ min: 1, max: 9 }), (written, size) => {
        const [whole, pieces] = [new AwaitedAcks(), new AwaitedAcks()];
        const bytes = Buffer.concat(written);
        whole.wrote(bytes);
        for (let i = 0; i < bytes.length; i += size) pieces.wrote(bytes.subarray(i, i + size));
        expect(pieces).toEqual(whole);
        const ids = written.filter((p) => (p[0] as number) >> 4 === 3 && (p[0] as number) & 6);
        expect(whole.size).toBe(new Set(ids.map((p) => p.readUInt16BE(7))).size);
      }),
    );
  });
});
