import mqttPacket from 'mqtt-packet';
import { CONNECT_BYTES, DEFAULT_LIMITS } from '../../src/telemetry/embedded-broker/broker-limits.js';
import { PacketReader } from '../../src/telemetry/embedded-broker/packet-reader.js';

const PACKETS = 400_000;
const ROUNDS = 5;

/** µs of one QoS 1 PUBLISH of a device, alone in its chunk: read and judged here; parsed by mqtt-packet, as aedes does. */
export function packetCostUs(): { judged: number; mqttPacket: number } {
  const payload = JSON.stringify({ observedAt: new Date(0).toISOString(), seq: 1, floor: 3, note: 'x'.repeat(90) });
  const topic = 'steward/v1/east-lake/elevator/east-lake-3-lift-2/telemetry';
  const bytes = mqttPacket.generate({
    ...{ cmd: 'publish', topic, payload, qos: 1, messageId: 9, dup: false, retain: false },
  });
  const hello = mqttPacket.generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'p', keepalive: 9 },
  });
  let taken = 0;
  const reader = new PacketReader(
    { publish: () => taken++, acknowledges: () => 'pass', frame: () => undefined },
    { connectBytes: CONNECT_BYTES, packetBytes: DEFAULT_LIMITS.packetBytes },
  );
  reader.take(hello);
  const parser = mqttPacket.parser();
  parser.on('packet', () => taken++);
  const best = (one: () => void): number => {
    const rounds = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      for (let i = 0; i < PACKETS; i++) one();
      return ((performance.now() - start) * 1000) / PACKETS;
    });
    return Math.min(...rounds);
  };
  const cost = { judged: best(() => reader.take(bytes)), mqttPacket: best(() => parser.parse(bytes)) };
  if (taken !== 2 * ROUNDS * PACKETS) throw new Error('packets were lost while measuring');
  return cost;
}
