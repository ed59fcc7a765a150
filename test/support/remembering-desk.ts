import type { BrokerDesk } from '../../src/telemetry/device-broker.port.js';

/** Remembers what it was told; a device comes in with the token `token-of-{id}` until that is revoked. */
export class RememberingDesk implements BrokerDesk {
  readonly told: { device: string; payload: string }[] = [];
  readonly refusals: { reason: string; device: string | null; detail: string }[] = [];
  readonly revoked = new Set<string>();
  readonly wills: string[] = [];
  onLogin: (device: string) => void = () => undefined;

  login(clientId: string, username: string, password: Buffer | undefined): string | null {
    if (clientId !== username || this.revoked.has(clientId)) return 'not you';
    if (password?.toString() !== `token-of-${clientId}`) return 'wrong token';
    this.onLogin(clientId);
    return null;
  }

  topicsOf(device: string): string {
    return `steward/v1/e/elevator/${device}/`;
  }

  telemetry(device: string, payload: Buffer, _resent: boolean, accepted: () => void): void {
    this.told.push({ device, payload: payload.toString() });
    setImmediate(accepted);
  }

  status(): void {}

  will(device: string): void {
    this.wills.push(device);
  }

  foreignTopic(device: string, topic: string): void {
    this.refused('foreign-topic', { device }, topic);
  }

  refused(reason: string, from: { device: string | null }, detail: string): void {
    this.refusals.push({ reason, device: from.device, detail });
  }
}
