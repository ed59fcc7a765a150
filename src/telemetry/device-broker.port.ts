/** Why a connection was ended or not taken, or a packet left aside, before anybody looked at what it says. */
export type BrokerRefusal =
  | 'protocol-violation'
  | 'packet-too-large'
  | 'message-flood'
  | 'slow-client'
  | 'connection-limit'
  | 'login-timeout'
  | 'unsolicited-acknowledgement';

/**
 * Nothing; an emergency on its way to the database and to people's phones; or more of that than can be done at once, as
 * after a stall.
 */
export type Urgency = 'none' | 'emergency' | 'backlog';

/** What the broker asks of those behind it. Everything it lets through has passed here. */
export interface BrokerDesk {
  /** null = may come in as this device; else the reason why not, for the operator. */
  login(clientId: string, username: string, password: Buffer | undefined): string | null;
  /** `steward/v1/{estate}/{kind}/{device}/`: all that a device may speak under. */
  topicsOf(device: string): string | undefined;
  /** A publish on the device's own topic. `accepted` must be called when it is durable, in order (law 1). */
  telemetry(device: string, payload: Buffer, resent: boolean, accepted: () => void): void;
  /** What goes before that which devices send. */
  urgency?(): Urgency;
  /** Missing where only devices are served. */
  readonly bridges?: BridgeDesk;
  status(device: string, online: boolean): void;
  will(device: string): void;
  foreignTopic(device: string, topic: string): void;
  /** For the operator. `device` is null before the login. */
  refused(reason: BrokerRefusal, from: { device: string | null; address: string }, detail: string): void;
}

/** A message of an account that speaks for many devices. */
export interface BridgeMessage {
  readonly topic: string;
  readonly payload: Buffer;
  /** Kept by a broker from an unknown time, and told now. */
  readonly retained: boolean;
}

export interface BridgeDesk {
  /** All that the bridge may publish and hear begins with this; undefined = no bridge of this name. */
  prefixOf(client: string): string | undefined;
  /** Whose prefix a topic has, where the topic is all that a broker tells. */
  ownerOf(topic: string): string | undefined;
  /** As `telemetry`; all readings in the message are durable when `accepted` is called. */
  message(bridge: string, message: BridgeMessage, resent: boolean, accepted: () => void): void;
}

/** What an external broker's absence means for those who watch silence. */
export interface BrokerWatcher {
  /** Silence proves nothing now: the devices' way to Steward is cut. Called again and again while it lasts. */
  silenceProvesNothing(): void;
}

/** The way to the devices. Messages go to the desk; commands, and the end of a connection, go the other way. */
export interface DeviceBroker {
  /** Its token was revoked or changed, or it was retired: the device is put off at once (≤ 1 s) and cannot return. */
  disconnect(device: string): void;
  sendCommand(topic: string, payload: string | Buffer): void;
  /** No new messages are taken in; what was taken in is still answered. */
  stopIntake(): Promise<void>;
  close(): Promise<void>;
}
