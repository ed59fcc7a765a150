import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { ChaosDevice } from './chaos-estate.js';

/** One reading's life as its device knows it, ms since the epoch. `ackedAt` stays null until the PUBACK. */
export interface Told {
  readonly seq: number;
  readonly sentAt: number;
  ackedAt: number | null;
}

/** A device as it is in the field: connects by itself, keeps what was not acknowledged and sends it again. */
export class TellingDevice {
  readonly told: Told[] = [];
  private client: MqttClient | null = null;
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    readonly device: ChaosDevice,
    private readonly broker: string,
  ) {}

  connect(): this {
    this.client = mqtt.connect(this.broker, {
      clientId: this.device.id,
      username: this.device.id,
      password: this.device.token,
      protocolVersion: 4,
      reconnectPeriod: 200,
      reconnectOnConnackError: true,
      connectTimeout: 5000,
      keepalive: 30,
    });
    // A service that is being killed refuses connections; the client tries again.
    this.client.on('error', () => undefined);
    return this;
  }

  async online(): Promise<void> {
    const { client } = this;
    if (!client || client.connected) return;
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  }

  /** Sends one reading under the next number; resolves with its record when the PUBACK has come, however long it takes. */
  async tell(values: object): Promise<Told> {
    const { client } = this;
    if (!client) throw new Error(`${this.device.id} is not connected`);
    const told: Told = { seq: this.told.length + 1, sentAt: Date.now(), ackedAt: null };
    this.told.push(told);
    const payload = JSON.stringify({ observedAt: new Date(told.sentAt).toISOString(), seq: told.seq, ...values });
    const sending = this.untilAcknowledged(client, payload).then(() => {
      told.ackedAt = Date.now();
    });
    this.underWay.add(sending);
    try {
      await sending;
    } finally {
      this.underWay.delete(sending);
    }
    return told;
  }

  /** What the client gives up when its connection breaks in the middle of sending again, the device says once more. */
  private async untilAcknowledged(client: MqttClient, payload: string): Promise<void> {
    for (;;) {
      try {
        await client.publishAsync(this.device.topic, payload, { qos: 1 });
        return;
      } catch (error) {
        if (client !== this.client) throw error;
        await sleep(50);
      }
    }
  }

  /** Everything that was said is acknowledged. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.endAsync(true);
  }
}
