import { Logger } from '@nestjs/common';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import type { Metrics } from '../../ops/metrics.js';
import type { BrokerDesk, BrokerWatcher, DeviceBroker } from '../device-broker.port.js';
import { parseNativeTopic } from '../native-topic.js';
import { ReadingTurns } from '../reading-turns.js';
import { PubackQueue } from './puback-queue.js';

export interface ExternalBrokerOptions {
  /** With user and password: not for logs. */
  readonly url: string;
  readonly clientId: string;
  /** PEM. */
  readonly ca?: string;
  /** Of bridges: all under them is heard, too. */
  readonly prefixes?: () => readonly string[];
  /** Messages that the broker may have under way to us: two batches, one that commits and one that fills. */
  readonly window: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_S = 15;
/** First wait before a new try, and the longest; a random part keeps many instances from coming at once. */
const BACKOFF_MS = { first: 200, longest: 5000 };
/** How long the broker keeps Steward's session, and what comes for it, while Steward is away: s (MQTT 5). */
const SESSION_S = 7 * 86_400;
/** An "online" within this time of an "offline": the old session of the device was taken over by a new one. */
const TAKEOVER_MS = 1000;
/**
 * "Offline" that comes so soon after a connection was made was said while the way was cut, as by a broker that is shut
 * down and says so of everybody. The silence of the device will tell.
 */
const STALE_WILL_MS = 5000;
/** How often those who watch silence are told that it proves nothing. Far below the shortest silence limit (120 s). */
const AWAY_NEWS_MS = 5000;

/** The right to hear a new bridge is given by another connection, a moment later. */
const BRIDGE_AGAIN_MS = 3000;

export const SERVICE_STATUS = 'steward/v1/service/status';
const DROPPED = '$SYS/broker/publish/messages/dropped';
const TOPICS = ['steward/v1/+/+/+/telemetry', 'steward/v1/+/+/+/status', 'steward/v1/+/+/+/command/ack'];

/** What of mqtt.js is not in its types: its packet sender, which also acknowledges what `handleMessage` has taken. */
interface PacketSender {
  _sendPacket(packet: Packet, done?: () => void, ...more: unknown[]): void;
}

/**
 * Steward as a client of the company's own broker, in one session that outlives connections and restarts. mqtt.js
 * takes QoS 1 messages one after the other and acknowledges each as soon as it is taken; so each is taken at once, and
 * the PUBACK is kept back until its batch has committed (law 1).
 */
export class ExternalBroker implements DeviceBroker {
  private readonly log = new Logger(ExternalBroker.name);
  private client: MqttClient | null = null;
  private send: (packet: Packet) => void = () => undefined;
  private pubacks = new PubackQueue(() => undefined);
  private connectedAt = -Infinity;
  private awaySince: number | null = performance.now();
  private lastError = 'not connected yet';
  private stopping = false;
  private tries = 0;
  private dropped: number | null = null;
  private readonly wills = new Map<string, NodeJS.Timeout>();
  /** Prefixes that this connection has asked for. */
  private readonly asked = new Set<string>();
  private news: NodeJS.Timeout | null = null;
  private readonly turns = new ReadingTurns(() => this.desk.urgency?.() ?? 'none');

  constructor(
    private readonly desk: BrokerDesk,
    private readonly watcher: BrokerWatcher,
    private readonly metrics: Metrics,
    private readonly options: ExternalBrokerOptions,
  ) {}

  /** For the person on duty: null, or what is wrong. */
  get trouble(): string | null {
    if (this.awaySince === null) return null;
    return `the MQTT broker is away for ${Math.round((performance.now() - this.awaySince) / 1000)} s: ${this.lastError}`;
  }

  /** Begins to connect, and never gives up. Resolves at the first connection, or after `patienceMs` without one. */
  async start(patienceMs = CONNECT_TIMEOUT_MS): Promise<void> {
    const { url, clientId, ca, window } = this.options;
    const options: IClientOptions = {
      clientId,
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: SESSION_S, receiveMaximum: Math.min(window, 65_535) },
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: this.backOff(),
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: SERVICE_STATUS, payload: Buffer.from('{"online":false}'), qos: 1, retain: true },
      ...(ca === undefined ? {} : { ca }),
    };
    const client = mqtt.connect(url, options);
    this.client = client;
    this.holdPubacks(client);
    const first = new Promise<void>((resolve) => client.once('connect', () => resolve()));
    // Messages may come in the same breath as the CONNACK, before `connect` is told.
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'connack') this.beginPubacks();
    });
    client.on('connect', ({ sessionPresent }) => this.connected(client, sessionPresent));
    client.on('close', () => this.disconnected(client));
    client.on('error', (e) => (this.lastError = e.message));
    this.news = setInterval(() => {
      if (this.awaySince !== null) this.watcher.silenceProvesNothing();
    }, AWAY_NEWS_MS);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([first, patience]);
    clearTimeout(timer);
    if (this.awaySince !== null) this.log.error(`${this.trouble}; Steward goes on trying`);
  }

  /** Who may come in is the broker's to decide: `DynamicSecurity` tells it. */
  disconnect(): void {
    // Deleting or changing its account there puts a device off at once.
  }

  sendCommand(topic: string, payload: string | Buffer): void {
    this.client?.publish(topic, payload, { qos: 1 }, (e) => {
      if (e) this.log.warn(`a command to ${topic} was not sent: ${e.message}`);
    });
  }

  /** What comes from now on is neither taken nor acknowledged: the broker keeps it for the next start. */
  stopIntake(): Promise<void> {
    this.stopping = true;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.stopping = true;
    if (this.news) clearInterval(this.news);
    for (const t of this.wills.values()) clearTimeout(t);
    this.wills.clear();
    const { client } = this;
    this.client = null;
    if (!client) return;
    if (client.connected) {
      const said = client.publishAsync(SERVICE_STATUS, '{"online":false}', { qos: 1, retain: true });
      await Promise.race([said.catch(() => undefined), new Promise((r) => setTimeout(r, 1000).unref())]);
    }
    // Its own `end` waits for what is under way; a broker that does not answer must not hold the stop up.
    const ended = new Promise<void>((resolve) => client.end(false, {}, () => resolve()));
    await Promise.race([ended, new Promise((r) => setTimeout(r, 1000).unref())]);
    client.end(true);
  }

  private backOff(): number {
    const wait = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** this.tries);
    return Math.round(wait * (0.5 + Math.random() / 2));
  }

  private holdPubacks(client: MqttClient): void {
    const sender = client as unknown as PacketSender;
    const original = sender._sendPacket.bind(client);
    this.send = (packet) => original(packet);
    sender._sendPacket = (packet, done, ...more) => {
      if (packet.cmd === 'puback') done?.();
      else original(packet, done, ...more);
    };
    client.handleMessage = (packet, done) => {
      if (packet.topic.startsWith('$SYS/')) this.noteDropped(Number(packet.payload));
      else if (!this.stopping) this.take(packet, this.held(packet));
      // After a stall a minute's readings come at once (Mosquitto 2.0 keeps to no window once PUBACKs flow): in turns.
      if (this.turns.admits(done)) done();
    };
  }

  private beginPubacks(): void {
    this.pubacks.end();
    this.connectedAt = performance.now();
    this.pubacks = new PubackQueue((messageId) => {
      this.send({ cmd: 'puback', messageId, reasonCode: 0 });
      this.metrics.brokerHeldPubacks.set(this.pubacks.size);
    });
  }

  private connected(client: MqttClient, sessionPresent: boolean): void {
    const { awaySince } = this;
    this.tries = 0;
    this.awaySince = null;
    this.metrics.brokerConnected.set(1);
    this.metrics.brokerConnections.inc({ session: sessionPresent ? 'kept' : 'new' });
    const away = ((performance.now() - (awaySince ?? performance.now())) / 1000).toFixed(1);
    this.log.log(`connected to the MQTT broker after ${away} s, session ${sessionPresent ? 'kept' : 'new'}`);
    this.watcher.silenceProvesNothing();
    // Also in a session that was kept: another version of Steward may have made it. Retained states are not asked for.
    for (const topic of TOPICS) client.subscribe(topic, { qos: 1, rh: 2 }, (e) => e && this.refused(client, topic, e));
    this.asked.clear();
    this.bridgesChanged();
    client.subscribe(DROPPED, { qos: 0 }, (e) => {
      if (e) this.log.log('the broker does not let Steward read $SYS: what it drops shows as sequence gaps only');
    });
    client.publish(SERVICE_STATUS, '{"online":true}', { qos: 1, retain: true }, (e) => {
      if (e) this.log.log(`the broker does not let Steward tell its own status: ${e.message}`);
    });
  }

  /** Bridges were added: their topics are asked for; what a bridge was that is none any more is nobody's, and refused. */
  bridgesChanged(): void {
    const { client } = this;
    if (!client?.connected) return;
    for (const prefix of this.options.prefixes?.() ?? []) {
      if (this.asked.has(prefix)) continue;
      this.asked.add(prefix);
      // Without "no local" Steward would hear its own requests.
      client.subscribe(`${prefix}#`, { qos: 1, rh: 2, nl: true }, (e) => {
        if (!e) return;
        this.asked.delete(prefix);
        this.log.warn(`the broker does not let Steward hear the bridge at ${prefix} yet: ${e.message}`);
        setTimeout(() => this.bridgesChanged(), BRIDGE_AGAIN_MS).unref();
      });
    }
  }

  private refused(client: MqttClient, topic: string, error: Error): void {
    if (!client.connected) return;
    this.lastError = `the broker refuses the subscription of ${topic}: ${error.message}`;
    this.log.error(this.lastError);
    // Without its devices Steward is blind, and must not look ready: as good as not connected, and tried again.
    client.reconnect();
  }

  private disconnected(client: MqttClient): void {
    this.pubacks.end();
    this.metrics.brokerHeldPubacks.set(0);
    client.options.reconnectPeriod = this.backOff();
    this.tries++;
    if (this.awaySince !== null) return;
    this.awaySince = performance.now();
    this.metrics.brokerConnected.set(0);
    if (this.stopping) return;
    this.lastError = 'the connection broke';
    this.log.error('the MQTT broker is away; nothing is decided on silence until it is back');
    this.watcher.silenceProvesNothing();
  }

  private take(packet: IPublishPacket, accepted: () => void): void {
    try {
      this.tell(packet, accepted);
    } catch (error) {
      // A defect of ours. Not acknowledged, it would hold back every PUBACK behind it, and so all devices.
      this.log.error(`a message could not be handled and is left out: ${(error as Error).stack}`);
      this.metrics.suppressed.inc({ reason: 'not-handled' });
      accepted();
    }
  }

  private tell(packet: IPublishPacket, accepted: () => void): void {
    const { bridges } = this.desk;
    const bridge = bridges?.ownerOf(packet.topic);
    if (bridges && bridge !== undefined) {
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
      return bridges.message(bridge, { topic: packet.topic, payload, retained: packet.retain }, packet.dup, accepted);
    }
    const topic = parseNativeTopic(packet.topic);
    const own = topic ? this.desk.topicsOf(topic.device) : undefined;
    if (!topic || (own !== undefined && packet.topic !== `${own}${topic.channel}`)) {
      this.desk.foreignTopic(topic?.device ?? 'unknown', packet.topic);
      return accepted();
    }
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    switch (topic.channel) {
      case 'telemetry':
        return this.desk.telemetry(topic.device, payload, packet.dup, accepted);
      case 'status':
        if (own !== undefined && !packet.retain) this.status(topic.device, !payload.includes('false'));
        return accepted();
      default:
        return accepted();
    }
  }

  private held(packet: IPublishPacket): () => void {
    const { messageId } = packet;
    if (packet.qos !== 1 || messageId === undefined) return () => undefined;
    const accepted = this.pubacks.hold(messageId);
    this.metrics.brokerHeldPubacks.set(this.pubacks.size);
    return accepted;
  }

  private status(device: string, online: boolean): void {
    const pending = this.wills.get(device);
    if (pending) clearTimeout(pending);
    this.wills.delete(device);
    if (online) return this.desk.status(device, true);
    if (performance.now() - this.connectedAt < STALE_WILL_MS) return;
    const timer = setTimeout(() => {
      this.wills.delete(device);
      // The broker went away meanwhile: what it said last proves nothing about the device.
      if (this.awaySince === null) this.desk.will(device);
    }, TAKEOVER_MS);
    this.wills.set(device, timer);
  }

  private noteDropped(total: number): void {
    if (!Number.isFinite(total)) return;
    this.metrics.brokerDropped.set(total);
    // A smaller number is a broker that has started anew.
    if (this.dropped !== null && total > this.dropped) {
      this.log.error(`the MQTT broker has dropped ${total - this.dropped} messages: its queue limits are too small`);
    }
    this.dropped = total;
  }
}
