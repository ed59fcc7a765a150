import { hasControlCharacters } from '../kernel/control-characters.js';
import { tokenMatches } from '../access/device-credentials.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { BridgeDesk, BrokerDesk, BrokerRefusal, Urgency } from '../telemetry/device-broker.port.js';
import { decodeNative } from '../telemetry/decode-native.js';
import type { RejectLog } from '../telemetry/reject-log.js';
import type { Watch } from './watch.js';

/** Between the broker and the rules: who may come in, what is a reading, what is refused and why. */
export class DeviceDesk implements BrokerDesk {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly watch: Watch,
    private readonly rejects: RejectLog,
    readonly bridges: BridgeDesk,
    /** See {@link BrokerDesk.urgency}. */
    readonly urgency: () => Urgency,
  ) {}

  login(clientId: string, username: string, password: Buffer | undefined): string | null {
    const refuse = (detail: string): string => {
      const known = this.directory.current.device(username) ?? this.directory.current.device(clientId);
      this.rejects.reject(
        { reason: known?.life === 'retired' ? 'retired-device' : 'bad-login', detail },
        { estate: known?.estate ?? null, device: known?.id ?? clientId.slice(0, 128) },
      );
      return detail;
    };
    if (hasControlCharacters(clientId) || hasControlCharacters(username))
      return refuse('control characters in the client id or user name');
    // Else one device could kick another out by taking its client id.
    if (clientId !== username) return refuse('the client id must be the user name: the device id');
    const bridge = this.directory.current.bridge(username);
    if (bridge)
      return tokenMatches(password?.toString('utf8') ?? '', bridge.tokenSha256) ? null : refuse('wrong token');
    const device = this.directory.current.device(username);
    if (!device) return refuse('no such device');
    if (device.life === 'retired') return refuse('this device is retired');
    if (!tokenMatches(password?.toString('utf8') ?? '', device.tokenSha256)) return refuse('wrong token');
    return null;
  }

  topicsOf(id: string): string | undefined {
    const d = this.directory.current.device(id);
    return d ? `steward/v1/${d.estate}/${d.kind}/${d.id}/` : undefined;
  }

  telemetry(id: string, payload: Buffer, resent: boolean, accepted: () => void): void {
    const watched = this.watch.device(id);
    if (!watched) {
      this.rejects.reject({ reason: 'unknown-device', detail: 'not registered any more' }, { device: id }, payload);
      return accepted();
    }
    // A broker of the company's own may still let it in.
    if (watched.runtime.device.life === 'retired') {
      const who = { estate: watched.estate, device: id };
      this.rejects.reject({ reason: 'retired-device', detail: 'published after its retirement' }, who, payload);
      return this.watch.placeholder(watched, accepted);
    }
    const decoded = decodeNative(watched.runtime.device.kind, payload);
    if (!decoded.ok) {
      // Acknowledged, or the device would send it for ever; in its turn, or PUBACKs would leave out of order.
      this.rejects.reject(decoded.error, { estate: watched.estate, device: id }, payload);
      return this.watch.placeholder(watched, accepted);
    }
    this.watch.readings(watched, decoded.value, accepted, resent);
  }

  status(): void {
    // What a living device says of itself adds nothing to its readings; only its will does.
  }

  will(id: string): void {
    const watched = this.watch.device(id);
    if (watched?.runtime.hasSpoken) this.watch.input(watched, { type: 'will' });
  }

  refused(reason: BrokerRefusal, from: { device: string | null; address: string }, detail: string): void {
    const device = from.device === null ? undefined : this.directory.current.device(from.device);
    this.rejects.reject(
      { reason, detail: `${detail} (from ${from.address})` },
      { estate: device?.estate ?? null, device: device?.id ?? null },
    );
  }

  foreignTopic(id: string, topic: string): void {
    const device = this.directory.current.device(id);
    this.rejects.reject(
      { reason: 'foreign-topic', detail: `published to ${topic.slice(0, 200)}` },
      { estate: device?.estate ?? null, device: id },
    );
  }
}
