import mqtt, { type MqttClient } from 'mqtt';

const REQUEST = '$CONTROL/dynamic-security/v1';
const PATIENCE_MS = 30_000;

export type Command = Readonly<Record<string, unknown>> & { readonly command: string };

export interface Answer {
  readonly command: string;
  readonly data?: Record<string, unknown>;
  readonly error?: string;
  readonly correlationData?: string;
}

interface Pending {
  resolve: (answers: Answer[]) => void;
  reject: (error: Error) => void;
}

/**
 * Requests to Mosquitto's dynamic-security plugin. A connection of its own, in a passing session: a revocation must not
 * wait behind readings whose commit the database holds back.
 */
export class ControlChannel {
  private readonly client: MqttClient;
  private readonly pending = new Map<string, Pending>();
  private next = 0;
  private ready = false;

  /** @param onReady called after each connection, when requests are answered */
  constructor(
    options: { url: string; clientId: string; ca?: string },
    private readonly onReady: () => void,
    private readonly onTrouble: (text: string) => void,
  ) {
    const { url, clientId, ca } = options;
    this.client = mqtt.connect(url, {
      clientId,
      clean: true,
      protocolVersion: 5,
      keepalive: 15,
      connectTimeout: 10_000,
      reconnectPeriod: 1000 + Math.round(Math.random() * 500),
      resubscribe: false,
      queueQoSZero: false,
      ...(ca === undefined ? {} : { ca }),
    });
    this.client.on('connect', () => {
      this.client.subscribe(`${REQUEST}/response`, { qos: 1 }, (e) => {
        if (e) return this.onTrouble(`the broker does not let Steward administer it: ${e.message}`);
        this.ready = true;
        this.onReady();
      });
    });
    this.client.on('message', (_topic, payload) => this.answered(payload));
    this.client.on('close', () => this.lost());
    this.client.on('error', () => undefined);
  }

  get isReady(): boolean {
    return this.ready;
  }

  /** @returns one answer a command, in their order. @throws when the connection breaks or nothing is answered in 30 s */
  ask(commands: readonly Command[]): Promise<Answer[]> {
    if (!this.ready) return Promise.reject(new Error('not connected to the broker'));
    const id = String(++this.next);
    return new Promise<Answer[]>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error('the plugin has not answered'))), PATIENCE_MS);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        this.pending.delete(id);
        end();
      };
      this.pending.set(id, {
        resolve: (answers) => settle(() => resolve(answers)),
        reject: (error) => settle(() => reject(error)),
      });
      const payload = JSON.stringify({ commands: commands.map((c) => ({ ...c, correlationData: id })) });
      this.client.publish(REQUEST, payload, { qos: 1 }, (e) => {
        if (e) this.pending.get(id)?.reject(e);
      });
    });
  }

  async close(): Promise<void> {
    this.lost();
    await this.client.endAsync(true);
  }

  private answered(payload: Buffer): void {
    const { responses } = JSON.parse(payload.toString()) as { responses?: Answer[] };
    const id = responses?.find((r) => r.correlationData !== undefined)?.correlationData;
    if (responses && id !== undefined) this.pending.get(id)?.resolve(responses);
  }

  private lost(): void {
    this.ready = false;
    for (const p of [...this.pending.values()]) p.reject(new Error('the connection to the broker broke'));
  }
}
