import { setTimeout } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { payloadOf, type TimedReading } from './faults/timed-reading.js';
import type { ReadingSink } from './device-play.js';
import type { SimulatedDevice } from './simulated-device.js';

export interface PublisherSettings {
  /** mqtt://host:port */
  readonly url: string;
  readonly token: string;
  /** Readings kept while the broker is away or slow; the oldest go first. */
  readonly keep: number;
  /** Unacknowledged publishes at once. */
  readonly inFlight: number;
  readonly onTrouble?: (device: string, message: string) => void;
  /** A command for the device (docs/mqtt.md). */
  readonly onCommand?: (command: { readonly command: string; readonly id?: string }) => void;
}

/** After a cut, a backlog goes out as arrays of so many readings, oldest first, as a real device's buffer would. */
const BATCH = 20;
const ARRAY_FROM = 4;

/** A device's own MQTT session: its login, its will, its buffer. Publishes QoS 1 and drops nothing that it may keep. */
export class Publisher implements ReadingSink {
  private client: MqttClient | null = null;
  private readonly queue: { readonly payload: string; readonly garbled: boolean }[] = [];
  private flying = 0;
  private isCut = false;
  private isClosing = false;
  private readonly base: string;
  sent = 0;
  acknowledged = 0;
  dropped = 0;

  constructor(
    private readonly device: SimulatedDevice,
    private readonly settings: PublisherSettings,
  ) {
    this.base = `steward/v1/${device.estate}/${device.kind}/${device.id}`;
  }

  connect(): void {
    this.isCut = false;
    this.isClosing = false;
    const { id } = this.device;
    const client = mqtt.connect(this.settings.url, {
      clientId: id,
      username: id,
      password: this.settings.token,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      connectTimeout: 15_000,
      // Not all at the same moment after the broker has been away.
      reconnectPeriod: 1500 + Math.floor(Math.random() * 2000),
      will: { topic: `${this.base}/status`, payload: Buffer.from('{"online":false}'), qos: 1, retain: true },
    });
    this.client = client;
    client.on('connect', () => {
      client.publish(`${this.base}/status`, '{"online":true}', { qos: 1, retain: true });
      if (this.settings.onCommand) client.subscribe(`${this.base}/command`, { qos: 1 });
      this.pump();
    });
    client.on('message', (_topic, payload) => {
      try {
        this.settings.onCommand?.(JSON.parse(payload.toString('utf8')) as { command: string; id?: string });
      } catch {
        // What a device does not understand it leaves aside.
      }
    });
    client.on('error', (e) => this.settings.onTrouble?.(id, e.message));
  }

  send(reading: TimedReading): void {
    if (this.isCut) return;
    if (this.queue.length >= this.settings.keep) {
      this.queue.shift();
      this.dropped++;
    }
    this.queue.push({ payload: payloadOf(reading), garbled: reading.raw !== undefined });
    this.pump();
  }

  cut(): void {
    this.isCut = true;
    this.queue.length = 0;
    // Destroyed, not ended: no DISCONNECT, so that the broker publishes the will.
    this.client?.stream.destroy();
    this.client?.end(true);
    this.client = null;
    this.flying = 0;
  }

  restore(): void {
    if (this.isCut) this.connect();
  }

  /** Goes with a DISCONNECT, after what is in flight, or `limitMs`: no will. */
  async close(limitMs = 1000): Promise<void> {
    const { client } = this;
    if (!client) return;
    // The session stays the publisher's own until it is empty: an answer on the way still counts.
    this.isClosing = true;
    const until = Date.now() + limitMs;
    while (this.flying > 0 && client.connected && Date.now() < until) await setTimeout(20);
    this.client = null;
    const limit = new AbortController();
    const tooLong = setTimeout(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([client.endAsync(!client.connected), tooLong]);
    limit.abort();
  }

  private pump(): void {
    const { client } = this;
    while (!this.isClosing && client?.connected && this.flying < this.settings.inFlight && this.queue.length) {
      const payload = this.nextPayload();
      this.flying++;
      this.sent++;
      client.publish(`${this.base}/telemetry`, payload, { qos: 1 }, (error) => {
        if (this.client !== client) return;
        this.flying--;
        if (error) this.settings.onTrouble?.(this.device.id, error.message);
        else this.acknowledged++;
        this.pump();
      });
    }
  }

  private nextPayload(): string {
    const waiting = this.queue.length < ARRAY_FROM ? this.queue.slice(0, 1) : this.queue.slice(0, BATCH);
    // Only whole readings go into an array; something garbled travels alone.
    const garbled = waiting.findIndex((w) => w.garbled);
    const together = this.queue.splice(0, garbled < 0 ? waiting.length : Math.max(1, garbled)).map((w) => w.payload);
    return together.length === 1 ? (together[0] ?? '') : `[${together.join(',')}]`;
  }
}
