import mqtt, { type MqttClient } from 'mqtt';
import { tokenOf } from './estate-builder.js';

/** A bridge with an MQTT session of its own. */
export class BridgeClient {
  readonly heard: { topic: string; payload: Buffer }[] = [];
  /** Message ids in the order in which they were published, and in which their PUBACKs came. */
  readonly published: number[] = [];
  readonly acknowledged: number[] = [];

  private constructor(readonly client: MqttClient) {
    client.on('packetsend', (p) => {
      if (p.cmd === 'publish' && p.qos === 1) this.published.push(Number(p.messageId));
    });
    client.on('packetreceive', (p) => {
      if (p.cmd === 'puback') this.acknowledged.push(Number(p.messageId));
    });
    client.on('message', (topic, payload) => this.heard.push({ topic, payload }));
    client.on('error', () => undefined);
  }

  static async connect(url: string, id: string, password = tokenOf(id)): Promise<BridgeClient> {
    const client = mqtt.connect(url, {
      ...{ clientId: id, username: id, password, protocolVersion: 4, reconnectPeriod: 0, clean: true, keepalive: 30 },
    });
    const bridge = new BridgeClient(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(bridge));
      client.once('error', (e) => {
        client.end(true);
        reject(e);
      });
    });
  }

  /** Resolves when it is acknowledged. */
  say(topic: string, payload: object | Buffer | string): Promise<unknown> {
    const bytes = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload);
    return this.client.publishAsync(topic, bytes, { qos: 1 });
  }

  /** QoS 0: nobody acknowledges it. */
  mention(topic: string, payload: object): void {
    this.client.publish(topic, JSON.stringify(payload), { qos: 0 });
  }

  get connected(): boolean {
    return this.client.connected;
  }

  async close(): Promise<void> {
    await this.client.endAsync(true).catch(() => undefined);
  }
}
