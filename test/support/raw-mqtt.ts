import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** A connection on which a test says exactly the bytes it wants. */
export class RawMqtt {
  received = Buffer.alloc(0);
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (b: Buffer) => (this.received = Buffer.concat([this.received, b])));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawMqtt> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const raw = new RawMqtt(socket);
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
    return raw;
  }

  packet(packet: Packet): void {
    this.socket.write(mqttPacket.generate(packet));
  }

  /** The CONNECT of a device that {@link RememberingDesk} knows. */
  login(id: string, more: Partial<mqttPacket.IConnectPacket> = {}): void {
    this.packet({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: id, keepalive: 30 },
      ...{ username: id, password: Buffer.from(`token-of-${id}`) },
      ...more,
    });
  }

  hex(text: string): void {
    this.socket.write(Buffer.from(text.replace(/ /g, ''), 'hex'));
  }

  get told(): string {
    return this.received.toString('hex');
  }
}
