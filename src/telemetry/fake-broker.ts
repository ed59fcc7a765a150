import type { BrokerDesk, DeviceBroker } from './device-broker.port.js';
import { ownTopicsOnly, type TopicRules } from './embedded-broker/topic-rules.js';

/** A new session of the same device within this time: the old one was taken over, its will says nothing. */
const TAKEOVER_MS = 200;

export interface FakeLogin {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** It has left an "offline" to be told when it vanishes. */
  readonly will?: boolean;
}

interface Way {
  heard(topic: string, payload: string): void;
  /** The broker has ended the connection. */
  cut(): void;
}

/** One connection of a device, as the broker gives it. After its end nothing is taken any more. */
export interface FakeConnection {
  /** QoS 1. @returns whether the topic was the device's own. @param acknowledged called when it is durable */
  publish(topic: string, payload: Buffer, resent: boolean, acknowledged: () => void): boolean;
  /** @returns false when it may not hear that */
  subscribe(filter: string): boolean;
  /** Without a farewell: its will is told. */
  vanish(): void;
  /** With one: nothing is told. */
  end(): void;
}

interface Session {
  readonly login: FakeLogin;
  readonly way: Way;
  readonly filters: Set<string>;
}

/** A broker in memory: login, own topics, PUBACK after the commit, wills, devices put off. No packets and no network. */
export class FakeBroker implements DeviceBroker {
  private readonly sessions = new Map<string, Session>();
  private readonly wills = new Set<NodeJS.Timeout>();
  private readonly topics: TopicRules;
  private stopped = false;

  constructor(private readonly desk: BrokerDesk) {
    this.topics = ownTopicsOnly(desk);
  }

  /** @returns null when it is not let in */
  connect(login: FakeLogin, way: Way): FakeConnection | null {
    const { clientId, username, password } = login;
    if (this.stopped || this.desk.login(clientId, username, Buffer.from(password)) !== null) return null;
    this.disconnect(clientId);
    const session: Session = { login, way, filters: new Set() };
    this.sessions.set(clientId, session);
    return {
      publish: (...message) => this.publish(session, ...message),
      subscribe: (filter) => {
        const may = this.isOpen(session) && this.topics.maySubscribe(clientId, filter);
        if (may) session.filters.add(filter);
        return may;
      },
      vanish: () => this.end(session, true),
      end: () => this.end(session, false),
    };
  }

  disconnect(device: string): void {
    const session = this.sessions.get(device);
    if (session) this.end(session, true);
  }

  sendCommand(topic: string, payload: string | Buffer): void {
    for (const { filters, way } of this.sessions.values()) {
      const wanted = [...filters].some(
        (f) => f === topic || (f.endsWith('/#') && `${topic}/`.startsWith(f.slice(0, -1))),
      );
      if (wanted) way.heard(topic, payload.toString());
    }
  }

  stopIntake(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.stopped = true;
    for (const s of this.sessions.values()) this.end(s, false);
    for (const t of this.wills) clearTimeout(t);
    return Promise.resolve();
  }

  private publish(
    session: Session,
    topic: string,
    payload: Buffer,
    resent: boolean,
    acknowledged: () => void,
  ): boolean {
    if (this.stopped || !this.isOpen(session)) return true;
    const device = session.login.clientId;
    // A PUBACK finds the connection on which its message came, or nobody.
    const accepted = (): void => {
      if (this.isOpen(session)) acknowledged();
    };
    switch (this.topics.channel(device, topic)) {
      case 'telemetry':
        this.desk.telemetry(device, payload, resent, accepted);
        return true;
      case 'bridge':
        this.desk.bridges?.message(device, { topic, payload, retained: false }, resent, accepted);
        return true;
      case 'status':
        this.desk.status(device, !payload.includes('false'));
        accepted();
        return true;
      case null:
        this.desk.foreignTopic(device, topic);
        this.end(session, true);
        return false;
      default:
        accepted();
        return true;
    }
  }

  private isOpen(session: Session): boolean {
    return this.sessions.get(session.login.clientId) === session;
  }

  private end(session: Session, tellWill: boolean): void {
    if (!this.isOpen(session)) return;
    const { clientId, will } = session.login;
    this.sessions.delete(clientId);
    session.way.cut();
    if (!tellWill || !will || this.stopped) return;
    const timer = setTimeout(() => {
      this.wills.delete(timer);
      if (!this.sessions.has(clientId)) this.desk.will(clientId);
    }, TAKEOVER_MS);
    this.wills.add(timer);
  }
}
