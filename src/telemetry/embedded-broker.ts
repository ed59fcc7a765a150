import { createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { Metrics } from '../ops/metrics.js';
import type { BrokerDesk, DeviceBroker } from './device-broker.port.js';

/** MQTT 3.1.1 CONNACK return code. */
const BAD_CREDENTIALS = 4;
/** A new session of the same client within this time: the old one was taken over, its will says nothing. */
const TAKEOVER_MS = 1000;

/** Publishes of one connection that may wait for their commit; with more, nothing more is read from it. */
const HELD_AT_MOST = 1000;

/**
 * aedes reads on from a connection when all that it has read is handled. With PUBACKs held back it would not see a
 * PINGREQ, and both sides would give the connection up in a database stall: what is held does not count as unhandled.
 */
function readOn(client: Client, accepted: () => void): () => void {
  const reader = client as unknown as { _parsingBatch: number; held?: number };
  const held = reader.held ?? 0;
  if (held >= HELD_AT_MOST) return accepted;
  reader.held = held + 1;
  reader._parsingBatch--;
  return () => {
    reader.held = (reader.held ?? 1) - 1;
    accepted();
  };
}

/** The MQTT broker inside the process: login by device token, own topics only, PUBACK after the commit. */
export class EmbeddedBroker implements DeviceBroker {
  private readonly log = new Logger(EmbeddedBroker.name);
  private aedes: Aedes | null = null;
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private readonly wills = new Set<NodeJS.Timeout>();

  constructor(
    private readonly desk: BrokerDesk,
    private readonly metrics: Metrics,
  ) {}

  /** @returns the port; 0 asks for any free one. @throws EADDRINUSE */
  async listen(port: number, host: string): Promise<number> {
    const aedes = await Aedes.createBroker({
      // Device ids are as long as an estate likes; 23 is the limit of MQTT 3.1 alone.
      maxClientsIdLength: 128,
      connectTimeout: 10_000,
      drainTimeout: 20_000,
      authenticate: (client, username, password, done) => this.authenticate(client, username, password, done),
      authorizePublish: (client, packet, done) => this.authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.ownCommands(client, subscription.topic) ? subscription : null),
    });
    aedes.on('clientReady', () => this.metrics.devicesConnected.set(aedes.connectedClients));
    aedes.on('clientDisconnect', () => this.metrics.devicesConnected.set(aedes.connectedClients));
    aedes.on('connectionError', () => undefined);
    aedes.on('clientError', () => undefined);
    this.aedes = aedes;
    const server = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      aedes.handle(socket);
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: 4096 }, () => resolve());
    });
    server.on('error', (e) => this.log.error(`MQTT listener: ${e.message}`));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Its token was revoked or changed: the device is put off at once. */
  disconnect(device: string): void {
    const clients = (this.aedes as unknown as { clients?: Record<string, Client> } | null)?.clients;
    clients?.[device]?.close();
  }

  sendCommand(topic: string, payload: string): void {
    this.aedes?.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
  }

  /** No new connections and no new packets; what was taken in is still answered. */
  async stopIntake(): Promise<void> {
    this.server?.close();
    for (const s of this.sockets) s.pause();
    await Promise.resolve();
  }

  async close(): Promise<void> {
    for (const t of this.wills) clearTimeout(t);
    this.server?.close();
    const { aedes } = this;
    this.aedes = null;
    if (aedes) await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const s of this.sockets) s.destroy();
  }

  private authenticate(
    client: Client,
    username: string | undefined,
    password: Readonly<Buffer> | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const refusal = this.desk.login(client.id, String(username ?? ''), password as Buffer | undefined);
    if (refusal === null) return done(null, true);
    const error = new Error(refusal) as AuthenticateError;
    error.returnCode = BAD_CREDENTIALS;
    done(error, null);
  }

  private authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    // Steward's own commands and the broker's $SYS topics.
    if (!client) return done(null);
    // The place in the topic was checked at login; estate and kind cannot change while a session lasts.
    const own = this.desk.topicsOf(client.id);
    const channel = own !== undefined && packet.topic.startsWith(own) ? packet.topic.slice(own.length) : null;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const isWill = (client as unknown as { closed: boolean }).closed;
    switch (channel) {
      case 'telemetry':
        if (isWill) return done(new Error('a will may only tell the status'));
        // A retained reading would be told again to whoever comes: it is a reading, not a state.
        packet.retain = false;
        return this.desk.telemetry(
          client.id,
          payload,
          packet.dup === true,
          readOn(client, () => done(null)),
        );
      case 'status':
        if (isWill) this.noteWill(client.id);
        else this.desk.status(client.id, !payload.includes('false'));
        return done(null);
      case 'command/ack':
        return done(null);
      default:
        this.desk.foreignTopic(client.id, packet.topic);
        return done(new Error('not your topic'));
    }
  }

  private noteWill(device: string): void {
    const timer = setTimeout(() => {
      this.wills.delete(timer);
      const clients = (this.aedes as unknown as { clients?: Record<string, Client> } | null)?.clients;
      if (this.aedes && !clients?.[device]) this.desk.will(device);
    }, TAKEOVER_MS);
    this.wills.add(timer);
  }

  private ownCommands(client: Client, filter: string): boolean {
    const place = this.desk.topicsOf(client.id);
    return place !== undefined && (filter === `${place}command` || filter === `${place}command/#`);
  }
}
