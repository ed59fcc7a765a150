import mqtt, { type MqttClient } from 'mqtt';
import type { FakeBroker, FakeConnection } from '../../src/telemetry/fake-broker.js';

/** A device as the broker contract needs it, over whichever way the broker has. */
export interface BrokerClient {
  readonly isOn: boolean;
  /** QoS 1; resolves at the PUBACK, on whichever connection it comes. */
  publish(topic: string, text: string): Promise<void>;
  /** @throws when it is refused */
  subscribe(filter: string): Promise<void>;
  onMessage(listener: (topic: string) => void): void;
  /** The connection breaks. One that returns comes again by itself and sends what was not acknowledged. */
  vanish(): void;
  /** With a farewell. */
  end(): Promise<void>;
  /** After the test: gone, for good, whatever is under way. */
  discard(): void;
}

export interface BrokerLogin {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Its will says "offline" on this topic. */
  readonly will?: string;
  /** Comes again when its connection breaks, in a session that the broker keeps. */
  readonly returns?: boolean;
}

/** @throws when it is not let in */
export type ConnectClient = (login: BrokerLogin) => Promise<BrokerClient>;

const RETURNS_AFTER_MS = 100;

export const overMqtt =
  (port: number): ConnectClient =>
  async ({ will, returns, ...login }) => {
    const client: MqttClient = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      ...login,
      protocolVersion: 4,
      ...(returns ? { reconnectPeriod: RETURNS_AFTER_MS, clean: false } : { reconnectPeriod: 0 }),
      ...(will === undefined
        ? {}
        : { will: { topic: will, payload: Buffer.from('{"online":false}'), qos: 1, retain: true } }),
    });
    client.on('error', () => undefined);
    const discard = (): void => void client.end(true);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('close', () => {
        reject(new Error('refused'));
      });
    }).catch((error: unknown) => {
      discard();
      throw error;
    });
    return {
      get isOn() {
        return client.connected;
      },
      publish: async (topic, text) => {
        await client.publishAsync(topic, text, { qos: 1, retain: topic === will });
      },
      subscribe: async (filter) => {
        await client.subscribeAsync(filter, { qos: 1 });
      },
      onMessage: (listener) => void client.on('message', (topic) => listener(topic)),
      vanish: () => client.stream.destroy(),
      end: () => client.endAsync(),
      discard,
    };
  };

/** A device that speaks to the broker in memory, and keeps for itself what was not acknowledged, as devices do. */
class DirectClient implements BrokerClient {
  private connection: FakeConnection | null = null;
  private listener: (topic: string) => void = () => undefined;
  private readonly kept = new Set<{ topic: string; payload: Buffer; done: () => void }>();
  private timer: NodeJS.Timeout | null = null;
  private over = false;

  constructor(
    private readonly broker: FakeBroker,
    private readonly login: BrokerLogin,
  ) {}

  get isOn(): boolean {
    return this.connection !== null;
  }

  connect(): boolean {
    const { will, ...login } = this.login;
    this.connection = this.broker.connect(
      { ...login, will: will !== undefined },
      { heard: (topic) => this.listener(topic), cut: () => this.cut() },
    );
    for (const message of this.kept) this.send(message, true);
    return this.isOn;
  }

  publish(topic: string, text: string): Promise<void> {
    return new Promise((done) => {
      const message = { topic, payload: Buffer.from(text), done };
      this.kept.add(message);
      this.send(message, false);
    });
  }

  subscribe(filter: string): Promise<void> {
    return this.connection?.subscribe(filter) ? Promise.resolve() : Promise.reject(new Error('refused'));
  }

  onMessage(listener: (topic: string) => void): void {
    this.listener = listener;
  }

  vanish(): void {
    this.connection?.vanish();
  }

  end(): Promise<void> {
    this.over = true;
    this.connection?.end();
    return Promise.resolve();
  }

  discard(): void {
    this.over = true;
    if (this.timer) clearTimeout(this.timer);
    this.vanish();
  }

  private send(message: { topic: string; payload: Buffer; done: () => void }, resent: boolean): void {
    this.connection?.publish(message.topic, message.payload, resent, () => {
      this.kept.delete(message);
      message.done();
    });
  }

  private cut(): void {
    this.connection = null;
    if (this.login.returns && !this.over) this.timer = setTimeout(() => this.connect(), RETURNS_AFTER_MS);
  }
}

export const directly =
  (broker: FakeBroker): ConnectClient =>
  (login) => {
    const client = new DirectClient(broker, login);
    return client.connect() ? Promise.resolve(client) : Promise.reject(new Error('refused'));
  };
