import { Logger } from '@nestjs/common';
import { mountOf, type Bridge } from '../estate/bridge.js';
import type { Device } from '../estate/device.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { Clock } from '../kernel/clock.js';
import type { Metrics } from '../ops/metrics.js';
import type { DecodedReading, Reject } from '../telemetry/decode-native.js';
import type { BridgeDesk, BridgeMessage } from '../telemetry/device-broker.port.js';
import { DIALECTS } from '../telemetry/dialects/dialect-catalogue.js';
import type { Dialect, Statement } from '../telemetry/dialects/dialect.js';
import { unwrapByProfile } from '../telemetry/dialects/profile-dialect.js';
import { readStatement } from '../telemetry/dialects/read-statement.js';
import type { Profile } from '../telemetry/profiles/compile-profile.js';
import type { RejectLog } from '../telemetry/reject-log.js';
import type { UnclaimedDevices } from '../telemetry/unclaimed-devices.js';
import type { Watch } from './watch.js';

export interface BridgeParts {
  readonly directory: DirectoryHolder;
  readonly watch: Watch;
  readonly rejects: RejectLog;
  readonly unclaimed: UnclaimedDevices;
  readonly profileOf: (id: string) => Profile | undefined;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

interface Session {
  readonly dialect: Bridge['dialect'];
  readonly state: unknown;
  /** A message that waits for JSONata: those behind it wait too, or a device's readings would change places. */
  tail: Promise<void> | null;
}

/** What bridges say, on its way to the rules: whose it is, what it means, and when the whole message is durable. */
export class BridgeTraffic implements BridgeDesk {
  private readonly log = new Logger(BridgeTraffic.name);
  private readonly sessions = new Map<string, Session>();
  /** Publishes to the devices' broker; set when that is open. */
  publish: (topic: string, payload: Buffer) => void = () => undefined;

  constructor(private readonly parts: BridgeParts) {}

  prefixOf(client: string): string | undefined {
    return this.parts.directory.current.bridge(client)?.prefix;
  }

  ownerOf(topic: string): string | undefined {
    return this.parts.directory.current.bridges().find((b) => topic.startsWith(b.prefix))?.id;
  }

  message(id: string, message: BridgeMessage, resent: boolean, accepted: () => void): void {
    const bridge = this.parts.directory.current.bridge(id);
    if (!bridge) {
      this.parts.rejects.reject({ reason: 'unknown-device', detail: 'no such bridge any more' }, { device: id });
      return accepted();
    }
    const session = this.sessionOf(bridge);
    const receivedAt = this.parts.clock.now();
    const work = (): void | Promise<void> => this.take(bridge, session, message, receivedAt, resent, accepted);
    const running = session.tail ? session.tail.then(work) : work();
    if (!(running instanceof Promise)) return;
    const tail: Promise<void> = running.finally(() => {
      if (session.tail === tail) session.tail = null;
    });
    session.tail = tail;
  }

  /** Nothing that a bridge sends may stop what comes behind it: a defect of ours is counted, and acknowledged. */
  private take(
    bridge: Bridge,
    session: Session,
    message: BridgeMessage,
    receivedAt: number,
    resent: boolean,
    accepted: () => void,
  ): void | Promise<void> {
    const failed = (error: unknown): void => {
      this.log.error(`a message of ${bridge.id} could not be handled and is left out: ${(error as Error).stack}`);
      this.refuse(bridge, null, { reason: 'not-handled', detail: (error as Error).message }, message.payload);
      accepted();
    };
    const hand = (told: Told): void => {
      try {
        this.handOver(told, resent, accepted);
      } catch (error) {
        failed(error);
      }
    };
    try {
      const said = this.understand(bridge, session, message, receivedAt);
      if (said instanceof Promise) return said.then(hand, failed);
      hand(said);
    } catch (error) {
      failed(error);
    }
  }

  /** Everything in a message, by device and in its order. */
  private understand(
    bridge: Bridge,
    session: Session,
    message: BridgeMessage,
    receivedAt: number,
  ): Told | Promise<Told> {
    const topic = message.topic.slice((mountOf(bridge.dialect, bridge.prefix) ?? bridge.prefix).length);
    const foreign = { ...message, topic, receivedAt };
    if (bridge.dialect === 'profile') return this.byProfile(bridge, foreign);
    const dialect = DIALECTS[bridge.dialect];
    const said = dialect.unwrap(foreign, session.state);
    if (!said.ok) {
      this.refuse(bridge, null, said.error, message.payload);
      return NOTHING_TOLD;
    }
    return this.readAll(bridge, dialect, said.value, message.payload);
  }

  private async byProfile(bridge: Bridge, foreign: BridgeMessage & { receivedAt: number }): Promise<Told> {
    const profile = bridge.profile === null ? undefined : this.parts.profileOf(bridge.profile);
    const said = await unwrapByProfile(profile, foreign);
    if (!said.ok) {
      this.refuse(bridge, null, said.error, foreign.payload);
      return NOTHING_TOLD;
    }
    return this.readAll(bridge, { id: 'profile' }, said.value, foreign.payload);
  }

  private readAll(
    bridge: Bridge,
    dialect: Pick<Dialect, 'id' | 'read'>,
    statements: readonly Statement[],
    payload: Buffer,
  ): Told | Promise<Told> {
    const told: Told = { readings: new Map(), gone: [] };
    let waiting: Promise<void> | null = null;
    for (const s of statements) {
      const work = (): void | Promise<void> => this.readOne(bridge, dialect, s, payload, told);
      if (waiting) waiting = waiting.then(work);
      else waiting = work() ?? null;
    }
    return waiting ? waiting.then(() => told) : told;
  }

  private readOne(
    bridge: Bridge,
    dialect: Pick<Dialect, 'id' | 'read'>,
    s: Statement,
    payload: Buffer,
    told: Told,
  ): void | Promise<void> {
    switch (s.type) {
      case 'nothing':
        return this.count(bridge, 'nothing');
      case 'bridge':
        // Its devices' own silence tells which of them are really cut off.
        if (!s.online) this.log.warn(`the bridge ${bridge.id} says that it is going`);
        return this.count(bridge, 'nothing');
      case 'request':
        this.count(bridge, 'request');
        return this.publish((mountOf(bridge.dialect, bridge.prefix) ?? '') + s.topic, s.payload);
      case 'refused':
        return this.refuse(bridge, s.device === null ? null : this.deviceOf(bridge, s.device), s.reject, payload);
      case 'presence': {
        const device = this.deviceOf(bridge, s.device);
        if (device && !s.online) told.gone.push(device.id);
        return this.count(bridge, 'presence');
      }
      case 'values': {
        const device = this.deviceOf(bridge, s.device);
        if (!device) {
          this.parts.unclaimed.note(bridge, s.device, payload);
          return this.count(bridge, 'unclaimed');
        }
        if (device.life === 'retired') {
          const detail = 'its bridge spoke for it after its retirement';
          return this.refuse(bridge, device, { reason: 'retired-device', detail }, payload);
        }
        const profileId = dialect.id === 'profile' ? (bridge.profile ?? undefined) : device.attributes.profile;
        const attributes = { ...device.attributes, ...(profileId === undefined ? {} : { profile: profileId }) };
        const read = readStatement(dialect, s, { kind: device.kind, attributes }, this.parts.profileOf);
        const note = (r: Awaited<typeof read>): void => {
          if (!r.ok) return this.refuse(bridge, device, r.error, payload);
          this.count(bridge, 'readings');
          for (const detail of r.value.notes) this.note(device, { reason: 'unknown-code', detail }, payload);
          told.readings.set(device.id, [...(told.readings.get(device.id) ?? []), ...r.value.readings]);
        };
        return read instanceof Promise ? read.then(note) : note(read);
      }
    }
  }

  /** The message is accepted when what it brought of every device is durable. */
  private handOver({ readings, gone }: Told, resent: boolean, accepted: () => void): void {
    const { watch } = this.parts;
    let open = 1;
    const one = (): void => {
      if (--open === 0) accepted();
    };
    for (const [id, decoded] of readings) {
      const watched = watch.device(id);
      if (!watched) continue;
      open++;
      watch.readings(watched, decoded, one, resent);
    }
    for (const id of gone) {
      const watched = watch.device(id);
      if (watched?.runtime.hasSpoken) watch.input(watched, { type: 'will' });
    }
    one();
  }

  /** Undefined for one that nobody registered. */
  private deviceOf(bridge: Bridge, foreignId: string): Device | undefined {
    return this.parts.directory.current.deviceVia(bridge.id, foreignId);
  }

  private sessionOf(bridge: Bridge): Session {
    const known = this.sessions.get(bridge.id);
    if (known?.dialect === bridge.dialect) return known;
    const state = bridge.dialect === 'profile' ? null : DIALECTS[bridge.dialect].newSession();
    const session: Session = { dialect: bridge.dialect, state, tail: null };
    this.sessions.set(bridge.id, session);
    return session;
  }

  private refuse(bridge: Bridge, device: Device | null | undefined, reject: Reject, payload: Buffer): void {
    this.count(bridge, 'refused');
    this.parts.rejects.reject(reject, { estate: bridge.estate, device: device?.id ?? bridge.id }, payload);
  }

  /** Something was left out of a reading that was taken. */
  private note(device: Device, reject: Reject, payload: Buffer): void {
    this.parts.rejects.reject(reject, { estate: device.estate, device: device.id }, payload);
  }

  private count({ dialect }: Bridge, outcome: string): void {
    this.parts.metrics.bridgeStatements.inc({ dialect, outcome });
  }
}

interface Told {
  readonly readings: Map<string, readonly DecodedReading[]>;
  /** Devices that their bridge says are gone. */
  readonly gone: string[];
}
const NOTHING_TOLD: Told = { readings: new Map(), gone: [] };
