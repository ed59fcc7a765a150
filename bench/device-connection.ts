import { connect, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';

export interface DeviceLogin {
  readonly id: string;
  readonly token: string;
  readonly topic: string;
}

/** Unacknowledged publishes that a connection can follow; beyond it the oldest counts as never acknowledged. */
const FOLLOWED = 512;

/**
 * One device's MQTT 3.1.1 connection on a bare socket: of a load of thousands, the client library's share of the
 * processor would be taken from the service on the same machine. Follows each QoS 1 publish from its intended time.
 */
export class DeviceConnection {
  private socket: Socket | null = null;
  private readonly intended = new Float64Array(FOLLOWED).fill(-1);
  private messageId = 0;
  private half: Buffer | null = null;
  private readonly head: Buffer;
  private greeted: { resolve: () => void; reject: (e: Error) => void } | null = null;
  outstanding = 0;
  closedByPeer = false;

  /** @param onAck called with the intended time of the acknowledged publish, as it was given to `publish` */
  constructor(
    private readonly login: DeviceLogin,
    private readonly onAck: (intended: number, connection: DeviceConnection) => void,
  ) {
    const topic = Buffer.from(login.topic);
    this.head = Buffer.concat([Buffer.from([topic.length >> 8, topic.length & 0xff]), topic]);
  }

  open(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.greeted = { resolve, reject };
      const socket = connect({ host, port, noDelay: true });
      this.socket = socket;
      socket.on('data', (d: Buffer) => this.read(d));
      socket.on('error', (e) => this.greeted?.reject(e));
      socket.on('close', () => {
        this.closedByPeer = this.socket !== null;
        this.greeted?.reject(new Error(`${this.login.id}: the connection was closed`));
      });
      socket.on('connect', () => {
        const { id, token } = this.login;
        const packet = mqttPacket.generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: id,
          keepalive: 600,
          username: id,
          password: Buffer.from(token),
        });
        socket.write(packet);
      });
    });
  }

  /** QoS 1. @param intended when it should have left, in the caller's clock */
  publish(payload: string, intended: number): void {
    const { socket } = this;
    if (!socket) return;
    this.messageId = this.messageId === 65_535 ? 1 : this.messageId + 1;
    const slot = this.messageId % FOLLOWED;
    if (this.intended[slot] === -1) this.outstanding++;
    this.intended[slot] = intended;
    const length = this.head.length + 2 + Buffer.byteLength(payload);
    const lengthBytes = length < 128 ? 1 : length < 16_384 ? 2 : 3;
    const packet = Buffer.allocUnsafe(1 + lengthBytes + length);
    packet[0] = 0x32;
    let at = 1;
    for (let rest = length; ;) {
      const more = rest > 127;
      packet[at++] = more ? (rest & 127) | 128 : rest;
      rest >>>= 7;
      if (!more) break;
    }
    at += this.head.copy(packet, at);
    at = packet.writeUInt16BE(this.messageId, at);
    packet.write(payload, at);
    socket.write(packet);
  }

  /** With a DISCONNECT: no will, no alarm. */
  close(): void {
    const { socket } = this;
    this.socket = null;
    socket?.end(Buffer.from([0xe0, 0x00]));
  }

  /** The server sends only CONNACK and PUBACK here, both of four bytes. */
  private read(data: Buffer): void {
    const all = this.half ? Buffer.concat([this.half, data]) : data;
    let at = 0;
    for (; at + 4 <= all.length; at += 4) {
      const type = all[at] as number;
      if (type === 0x40) this.acknowledged(all.readUInt16BE(at + 2));
      else if (type === 0x20) this.welcomed(all[at + 3] as number);
      else throw new Error(`${this.login.id}: unexpected packet ${type.toString(16)}`);
    }
    this.half = at < all.length ? all.subarray(at) : null;
  }

  private welcomed(code: number): void {
    const greeted = this.greeted;
    this.greeted = null;
    if (code === 0) greeted?.resolve();
    else greeted?.reject(new Error(`${this.login.id}: the login was refused (${code})`));
  }

  private acknowledged(messageId: number): void {
    const slot = messageId % FOLLOWED;
    const intended = this.intended[slot] as number;
    if (intended === -1) return;
    this.intended[slot] = -1;
    this.outstanding--;
    this.onAck(intended, this);
  }
}
