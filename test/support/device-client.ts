import mqtt, { type MqttClient } from 'mqtt';
import { tokenOf } from './estate-builder.js';

export interface DeviceLogin {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Seconds. */
  readonly keepalive: number;
  /** PEM of the certificate that a TLS listener must show. */
  readonly ca?: string;
}

type Values = Record<string, unknown>;

/** A device with its own MQTT session, as the native contract describes it. */
export class DeviceClient {
  readonly base: string;
  /** Message ids in the order in which they were published, and in which their PUBACKs came. */
  readonly published: number[] = [];
  readonly acknowledged: number[] = [];
  private seq = 0;

  private constructor(
    readonly client: MqttClient,
    place: { id: string; estate: string; kind: string },
  ) {
    this.base = `steward/v1/${place.estate}/${place.kind}/${place.id}`;
    client.on('packetsend', (p) => {
      if (p.cmd === 'publish') this.published.push(Number(p.messageId));
    });
    client.on('packetreceive', (p) => {
      if (p.cmd === 'puback') this.acknowledged.push(Number(p.messageId));
    });
    client.on('error', () => undefined);
  }

  /** @throws with the broker's answer when it is not let in */
  static async connect(
    url: string,
    place: { id: string; estate: string; kind: string },
    login: Partial<DeviceLogin> = {},
  ): Promise<DeviceClient> {
    const client = mqtt.connect(url, {
      clientId: place.id,
      username: place.id,
      password: tokenOf(place.id),
      protocolVersion: 4,
      reconnectPeriod: 0,
      clean: true,
      keepalive: 30,
      ...login,
    });
    const device = new DeviceClient(client, place);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(device));
      const fail = (why: string) => (e?: Error) => {
        client.end(true);
        reject(e ?? new Error(why));
      };
      client.once('error', fail('refused'));
      client.once('close', fail('the broker closed the connection'));
    });
  }

  get connected(): boolean {
    return this.client.connected;
  }

  /** Publishes a reading made of `values` now; resolves when it is acknowledged. */
  async tell(values: Values): Promise<void> {
    await this.raw(JSON.stringify({ observedAt: new Date().toISOString(), seq: ++this.seq, ...values }));
  }

  async raw(payload: string | Buffer, topic = `${this.base}/telemetry`): Promise<void> {
    await this.client.publishAsync(topic, payload, { qos: 1 });
  }

  /** Resolves when the broker has ended the connection. */
  closed(ms = 10_000): Promise<void> {
    if (!this.client.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`still connected after ${ms} ms`)), ms);
      this.client.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Vanishes without a word. */
  cut(): void {
    this.client.end(true);
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** Readings of a lift as they stand in these tests. */
export const LIFT = {
  /** At a landing, door open, somebody steps in. */
  boarding: {
    ...{ mode: 'normal', floor: 3, speedMps: 0, doorZone: true, door: 'open', peopleInCar: true },
    ...{ alarmButton: false, mainsPower: true },
  },
  /** Between floors, door shut, people inside, standing. */
  trapped: {
    ...{ mode: 'normal', floor: 4, speedMps: 0, doorZone: false, door: 'closed', peopleInCar: true },
    ...{ alarmButton: false, mainsPower: true },
  },
  /** At a landing, door open, nobody inside. */
  freed: {
    ...{ mode: 'normal', floor: 4, speedMps: 0, doorZone: true, door: 'open', peopleInCar: false },
    ...{ alarmButton: false, mainsPower: true },
  },
} as const;
