import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { Aedes, type AuthenticateError, type Client, type ConnectPacket, type PublishPacket } from 'aedes';
import type { Metrics } from '../../ops/metrics.js';
import type { BrokerDesk, DeviceBroker } from '../device-broker.port.js';
import { boundSessions, KEPT_AT_MOST } from './bound-sessions.js';
import { DEFAULT_LIMITS, type BrokerLimits } from './broker-limits.js';
import { ConnectionGate, type Admission } from './connection-gate.js';
import { GuardedConnection, type ConnectionRefusal } from './guarded-connection.js';
import { ReadingTurns } from '../reading-turns.js';
import { openListener, socketKey, type Transport } from './listeners.js';
import { InTurn } from './in-turn.js';
import { readOn } from './read-on.js';
import type { PublishFields } from './packet-reader.js';
import type { TlsMaterial } from './tls-material.js';
import { ownTopicsOnly, type TopicRules } from './topic-rules.js';

/** MQTT 3.1.1 CONNACK return code. */
const BAD_CREDENTIALS = 4;
/** A new session of the same client within this time: the old one was taken over, its will says nothing. */
const TAKEOVER_MS = 1000;
/** The kernel asks a silent peer this long after its last word; it finds one that is gone, whatever its keepalive. */
const TCP_KEEPALIVE_MS = 60_000;

export interface BrokerOptions {
  limits?: Partial<BrokerLimits>;
  /** Certificate of the `mqtts` and `wss` listeners. */
  tls?: TlsMaterial;
  /** Only where others than Steward's devices are served. */
  topics?: TopicRules;
}

/** One open socket, from its first moment. */
interface Visitor {
  readonly socket: Socket;
  readonly address: string;
  readonly admission: Admission;
  guard: GuardedConnection | null;
}

interface Taken extends PublishPacket {
  isTaken?: true;
}

/** Nobody may subscribe to readings: looking for who has would cost a twentieth of what a reading costs in all. */
function endReadingsHere(aedes: Aedes): void {
  type Publish = (packet: Taken, client?: unknown, done?: (error?: Error) => void) => void;
  const publish = aedes.publish.bind(aedes) as Publish;
  const own: Publish = (packet, client, done) =>
    packet.isTaken && typeof done === 'function' ? done() : publish(packet, client, done);
  aedes.publish = own as Aedes['publish'];
}

/** The MQTT broker inside the process: login by device token, own topics only, PUBACK after the commit. */
export class EmbeddedBroker implements DeviceBroker {
  private readonly log = new Logger(EmbeddedBroker.name);
  private aedes: Aedes | null = null;
  private readonly servers: Server[] = [];
  private readonly visitors = new Map<string, Visitor>();
  private readonly visitorOf = new WeakMap<Client, Visitor>();
  private readonly wills = new Set<NodeJS.Timeout>();
  /** Let in by the desk, not yet among the clients of aedes; a device that is put off then must go as well. */
  private readonly arriving = new Map<string, Set<Client>>();
  private readonly turns = new WeakMap<Client, InTurn>();
  private readonly doomed = new WeakSet<Client>();
  private readonly readingTurns = new ReadingTurns(() => this.desk.urgency?.() ?? 'none');
  private readonly limits: BrokerLimits;
  private readonly topics: TopicRules;
  private readonly gate: ConnectionGate;
  private readonly tls: TlsMaterial | null;
  private stopped = false;

  constructor(
    private readonly desk: BrokerDesk,
    private readonly metrics: Metrics,
    options: BrokerOptions = {},
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.topics = options.topics ?? ownTopicsOnly(desk);
    this.gate = new ConnectionGate(this.limits);
    this.tls = options.tls ?? null;
  }

  /** @returns the port; 0 asks for any free one. @throws EADDRINUSE */
  async listen(port: number, host: string, transport: Transport = 'mqtt'): Promise<number> {
    this.aedes ??= await this.createAedes();
    const at = { port, host, maxPacketBytes: this.limits.packetBytes };
    const server = await openListener(transport, at, this.tls, {
      opened: (socket) => this.opened(socket),
      ready: (conn, key) => this.ready(conn, key),
      failed: (which, e) => this.log.error(`${which} listener: ${e.message}`),
    });
    this.servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Its token was revoked or changed: the device is put off at once. */
  disconnect(device: string): void {
    for (const client of this.arriving.get(device) ?? []) this.doomed.add(client);
    this.clientOf(device)?.close();
  }

  sendCommand(topic: string, payload: string | Buffer): void {
    this.aedes?.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
  }

  /** No new connections and no new packets; what was taken in is still answered. */
  async stopIntake(): Promise<void> {
    this.stopped = true;
    for (const s of this.servers) s.close();
    for (const v of this.visitors.values()) v.guard?.stopReading();
    await Promise.resolve();
  }

  async close(): Promise<void> {
    for (const t of this.wills) clearTimeout(t);
    for (const s of this.servers) s.close();
    this.tls?.stop();
    const { aedes } = this;
    this.aedes = null;
    if (aedes) await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const v of this.visitors.values()) v.socket.destroy();
  }

  private async createAedes(): Promise<Aedes> {
    const aedes = await Aedes.createBroker({
      // Device ids are as long as an estate likes; 23 is the limit of MQTT 3.1 alone.
      maxClientsIdLength: 128,
      connectTimeout: this.limits.loginTimeoutMs,
      drainTimeout: 20_000,
      preConnect: (client, packet, done) => this.preConnect(client, packet, done),
      authenticate: (client, username, password, done) => this.authenticate(client, username, password, done),
      authorizePublish: (client, packet, done) => this.authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.topics.maySubscribe(client.id, subscription.topic) ? subscription : null),
    });
    endReadingsHere(aedes);
    boundSessions(aedes, (device) =>
      this.desk.refused(
        'slow-client',
        { device, address: '' },
        `${KEPT_AT_MOST} commands wait for it; this one is dropped`,
      ),
    );
    aedes.on('clientReady', (client) => this.arrived(client));
    aedes.on('clientDisconnect', () => this.metrics.devicesConnected.set(aedes.connectedClients));
    aedes.on('connectionError', (client, error) => {
      if (/connect did not arrive/.test(error.message)) this.refused(client, 'login-timeout', error.message);
    });
    aedes.on('clientError', () => undefined);
    return aedes;
  }

  private opened(socket: Socket): boolean {
    if (this.stopped || !this.aedes) return false;
    const address = socket.remoteAddress ?? '';
    const admission = this.gate.admit(address, performance.now());
    if (typeof admission === 'string') {
      this.desk.refused('connection-limit', { device: null, address }, admission);
      return false;
    }
    const key = socketKey(socket);
    this.visitors.set(key, { socket, address, admission, guard: null });
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    socket.once('close', () => {
      this.visitors.delete(key);
      admission.left();
    });
    return true;
  }

  private ready(conn: Duplex, key: string): void {
    const visitor = this.visitors.get(key);
    const { aedes } = this;
    if (!visitor || !aedes || this.stopped) return void conn.destroy();
    const client = aedes.handle(conn as Socket);
    this.visitorOf.set(client, visitor);
    const events = {
      refused: (reason: ConnectionRefusal, detail: string) => this.refused(client, reason, detail),
      takesReadings: (topic: string) => this.topics.channel(client.id, topic) === 'telemetry',
      reading: (packet: PublishFields, accepted: () => void) =>
        this.desk.telemetry(client.id, packet.payload, packet.dup, accepted),
      unsolicited: () => this.refused(client, 'unsolicited-acknowledgement', 'nobody waits for it; left aside'),
    };
    visitor.guard = new GuardedConnection(client, conn, this.limits, events, this.readingTurns);
  }

  private refused(client: Client, reason: Parameters<BrokerDesk['refused']>[0], detail: string): void {
    const address = this.visitorOf.get(client)?.address ?? '';
    // An id counts once the token was right.
    const known = (client as unknown as { _authorized?: boolean })._authorized === true;
    this.desk.refused(reason, { device: known ? client.id : null, address }, detail);
  }

  private clientOf(device: string): Client | undefined {
    return (this.aedes as unknown as { clients?: Record<string, Client> } | null)?.clients?.[device];
  }

  private preConnect(
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, success: boolean) => void,
  ): void {
    // "For ever" would keep what a vanished device has left open; aedes ends it after one and a half times this.
    if (!packet.keepalive) packet.keepalive = this.limits.idleMs / 1500;
    // A new session counts from 1; one that goes on may still have any id under way.
    if (packet.clean) (client as unknown as { _nextId: number })._nextId = 1;
    done(null, true);
  }

  private authenticate(
    client: Client,
    username: string | undefined,
    password: Readonly<Buffer> | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const refusal = this.desk.login(client.id, String(username ?? ''), password as Buffer | undefined);
    if (refusal === null) {
      const others = this.arriving.get(client.id) ?? new Set();
      this.arriving.set(client.id, others.add(client));
      client.conn.once('close', () => this.noLongerArriving(client));
      return done(null, true);
    }
    const error = new Error(refusal) as AuthenticateError;
    error.returnCode = BAD_CREDENTIALS;
    done(error, null);
  }

  private arrived(client: Client): void {
    this.noLongerArriving(client);
    this.visitorOf.get(client)?.admission.loggedIn();
    if (this.aedes) this.metrics.devicesConnected.set(this.aedes.connectedClients);
    if (this.doomed.has(client)) client.close();
  }

  private noLongerArriving(client: Client): void {
    const others = this.arriving.get(client.id);
    if (others?.delete(client) && others.size === 0) this.arriving.delete(client.id);
  }

  private authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    // Steward's own commands and the broker's $SYS topics.
    if (!client) return done(null);
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const isWill = (client as unknown as { closed: boolean }).closed;
    switch (this.topics.channel(client.id, packet.topic)) {
      case 'telemetry':
        if (isWill) return done(new Error('a will may only tell the status'));
        // A retained reading would be told again to whoever comes: it is a reading, not a state.
        packet.retain = false;
        (packet as Taken).isTaken = true;
        return this.desk.telemetry(
          client.id,
          payload,
          packet.dup === true,
          readOn(client, () => done(null)),
        );
      case 'bridge': {
        const retained = false;
        const accepted = isWill
          ? () => done(null)
          : readOn(
              client,
              this.inTurn(client, () => done(null)),
            );
        const message = { topic: packet.topic, payload, retained };
        if (this.desk.bridges) return this.desk.bridges.message(client.id, message, packet.dup === true, accepted);
        return done(new Error('bridges are not served here'));
      }
      case 'status':
        if (isWill) this.noteWill(client.id);
        else this.desk.status(client.id, !payload.includes('false'));
        return done(null);
      case 'command/ack':
      case 'pass':
        return done(null);
      case null:
        this.desk.foreignTopic(client.id, packet.topic);
        return done(new Error('not your topic'));
    }
  }

  /** A bridge's messages are of many devices, whose commits overtake each other; its PUBACKs must not (MQTT 4.6). */
  private inTurn(client: Client, accepted: () => void): () => void {
    let turns = this.turns.get(client);
    if (!turns) this.turns.set(client, (turns = new InTurn()));
    return turns.hold(accepted);
  }

  private noteWill(device: string): void {
    const timer = setTimeout(() => {
      this.wills.delete(timer);
      if (this.aedes && !this.clientOf(device)) this.desk.will(device);
    }, TAKEOVER_MS);
    this.wills.add(timer);
  }
}
