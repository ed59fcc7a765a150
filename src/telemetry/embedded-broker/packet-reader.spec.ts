import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { PacketReader, type PublishFields } from './packet-reader.js';

const LIMITS = { connectBytes: 1024, packetBytes: 4096 };
const RUNS = process.env['STEWARD_LONG'] === '1' ? 1_000_000 : 20_000;

const connect = (more: Record<string, unknown> = {}): Buffer =>
  mqttPacket.generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'lift-1', keepalive: 30 },
    ...{ username: 'lift-1', password: Buffer.from('token') },
    ...more,
  } as mqttPacket.IConnectPacket);
const publish = (topic: string, payload: string, qos: 0 | 1 | 2 = 1, messageId = 7): Buffer =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain: false });
const subscribe = (topic: string): Buffer =>
  mqttPacket.generate({ cmd: 'subscribe', messageId: 5, subscriptions: [{ topic, qos: 1 }] });

/** All that came out of one connection, and what it ended with. */
function read(chunks: readonly Buffer[]): { out: string[]; end: string | null; reader: PacketReader } {
  const out: string[] = [];
  const reader = new PacketReader(
    {
      publish: (p: PublishFields) =>
        out.push(`${p.topic} ${p.qos} ${p.dup} ${p.retain} ${p.messageId ?? '-'} ${p.payload.toString('hex')}`),
      acknowledges: () => 'pass',
      frame: (bytes) => out.push(bytes.toString('hex')),
    },
    LIMITS,
  );
  for (const chunk of chunks) {
    const refusal = reader.take(chunk);
    if (refusal) return { out, end: refusal.violation, reader };
  }
  return { out, end: null, reader };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to));
}

const hex = (text: string): Buffer => Buffer.from(text.replace(/ /g, ''), 'hex');
const HELLO = connect();
const WORDS = [
  HELLO,
  publish('steward/v1/e/elevator/lift-1/telemetry', '{"floor":3}'),
  publish('a/ü/楼', 'x', 2),
  publish('t', '', 0),
  subscribe('steward/v1/e/elevator/lift-1/command/#'),
  hex('40020001'),
  hex('62020001'),
  hex('c000'),
];

describe('packet reader', () => {
  it('lets a session through unchanged', () => {
    const bytes = [HELLO, ...WORDS.slice(1), hex('e000')];
    const { out, end } = read(bytes);
    expect(end).toBeNull();
    expect(out).toEqual([
      HELLO.toString('hex'),
      `steward/v1/e/elevator/lift-1/telemetry 1 false false 7 ${Buffer.from('{"floor":3}').toString('hex')}`,
      'a/ü/楼 2 false false 7 78',
      't 0 false false - ',
      ...bytes.slice(4).map((b) => b.toString('hex')),
    ]);
  });

  it('remembers a topic and still sees that the next one differs', () => {
    const { out } = read([HELLO, publish('a/b', '1'), publish('a/b', '2'), publish('a/c', '3'), publish('a', '4')]);
    expect(out.slice(1).map((line) => line.split(' ')[0])).toEqual(['a/b', 'a/b', 'a/c', 'a']);
  });

  it.each([
    ['a first packet that is no CONNECT', [hex('c000')], 'first-packet-not-connect'],
    ['a second CONNECT', [HELLO, HELLO], 'second-connect'],
    ['MQTT 5', [connect({ protocolVersion: 5 })], 'protocol-level'],
    ['another protocol', [hex('100d 0004 4d515455 04 02 000a 0001 70')], 'protocol-name'],
    ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\n')], 'first-packet-not-connect'],
    ['will QoS 3', [hex('1013 0004 4d515454 04 1e 000a 0001 70 0001 70 0001 70')], 'will-qos-3'],
    ['no id without a clean session', [hex('100c 0004 4d515454 04 00 000a 0000')], 'empty-client-id'],
    ['NUL in the id', [connect({ clientId: 'a\0b' })], 'nul'],
    ['a control character in the user name', [connect({ username: 'a\u0085b' })], 'control-character'],
    ['a surrogate in the id', [hex('1011 0004 4d515454 04 02 000a 0005 746f eda080')], 'invalid-utf8'],
    ['an overlong form in the id', [hex('1010 0004 4d515454 04 02 000a 0004 746f c0af')], 'invalid-utf8'],
    ['a non-character in a topic', [HELLO, publish('a\uffff', '')], 'non-character'],
    [
      'a control character in the will topic',
      [connect({ will: { topic: 'a\u0001', payload: '' } })],
      'control-character',
    ],
    ['a longer CONNECT than allowed', [connect({ password: 'x'.repeat(2000) })], 'packet-too-large'],
    ['bytes after the end of a CONNECT', [hex('1010 0004 4d515454 04 02 000a 0001 70 0001 70')], 'wrong-length'],
    ['a longer packet than allowed', [HELLO, publish('t', 'x'.repeat(5000))], 'packet-too-large'],
    ['a length of five bytes', [HELLO, hex('30 8080808001')], 'malformed-length'],
    ['packet id 0', [HELLO, hex('32 05 0001 74 0000')], 'packet-id-0'],
    ['QoS 3', [HELLO, hex('36 05 0001 74 0001')], 'qos-3'],
    ['DUP with QoS 0', [HELLO, hex('38 03 0001 74')], 'dup-on-qos-0'],
    ['a wildcard in a topic', [HELLO, publish('a/+', '')], 'wildcard-in-topic'],
    ['an empty topic', [HELLO, hex('30 02 0000')], 'empty-topic'],
    ['reserved flags of a SUBSCRIBE', [HELLO, hex('80 06 0001 0001 74 00')], 'reserved-flags'],
    ['a SUBSCRIBE of nothing', [HELLO, hex('82 02 0001')], 'no-filters'],
    ['a filter with # in the middle', [HELLO, subscribe('a/#/b')], 'malformed-filter'],
    ['a filter with + beside a letter', [HELLO, subscribe('a/b+/c')], 'malformed-filter'],
    ['a filter of 101 levels', [HELLO, subscribe('a/'.repeat(100) + 'a')], 'too-many-levels'],
    ['a packet only a server sends', [HELLO, hex('d000')], 'packet-of-a-server'],
    ['packet type 0', [HELLO, hex('0000')], 'reserved-packet-type'],
    ['bytes in a PINGREQ', [HELLO, hex('c00100')], 'wrong-length'],
  ])('refuses %s', (_, chunks, why) => {
    expect(read(chunks).end).toBe(why);
  });

  it('looks at nothing after a DISCONNECT', () => {
    expect(read([Buffer.concat([HELLO, hex('e000 ffff')]), hex('00')])).toMatchObject({ end: null });
  });

  it('takes from MQTT 3.1 what that leaves open, as 3.1.1 wants it', () => {
    const { out, end } = read([hex('140f 0006 4d5149736470 03 03 000a 0001 70'), hex('8a 06 0001 0001 74 00')]);
    expect(end).toBeNull();
    expect(out).toEqual(['100f00064d51497364700302000a000170', '820600010001' + '7400']);
  });

  it('judges the same however the bytes are split', () => {
    const word = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...WORDS.slice(1)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.from(b)) },
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (words, cuts) => {
        const bytes = Buffer.concat([HELLO, ...words]);
        const whole = read([bytes]);
        const pieces = read(split(bytes, cuts));
        expect({ out: pieces.out, end: pieces.end }).toEqual({ out: whole.out, end: whole.end });
      }),
      { numRuns: 1000 },
    );
  });

  it(`survives ${RUNS} damaged sessions, holding no more than one packet`, () => {
    // Plain arithmetic, so that a million take seconds: a multiplicative congruential generator.
    let seed = 12345;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const before = process.memoryUsage().arrayBuffers;
    for (let run = 0; run < RUNS; run++) {
      const words = Array.from({ length: 1 + random(4) }, () => WORDS[random(WORDS.length)] as Buffer);
      const bytes = Buffer.concat(random(4) > 0 ? [HELLO, ...words] : words);
      for (let hurt = random(4); hurt > 0; hurt--) bytes[random(bytes.length)] = random(256);
      const { reader } = read(split(bytes, [random(1000), random(1000)]));
      expect(reader.heldBytes).toBeLessThanOrEqual(LIMITS.packetBytes);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 1024 * 1024);
  });
});
