/** How much one device, one address and all of them together may ask of the broker. */
export interface BrokerLimits {
  /** Bytes of one packet. */
  readonly packetBytes: number;
  /** Packets a second of one connection in the long run, with a burst of ten seconds' worth. Over it, it is read later. */
  readonly messagesPerSecond: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** New connections a second from one address, with a burst of ten seconds' worth. */
  readonly newConnectionsPerSecond: number;
  /** Connections that have not logged in yet. */
  readonly loginsPending: number;
  readonly loginTimeoutMs: number;
  /** A connection with keepalive 0 ends after this long without a packet. */
  readonly idleMs: number;
  /** Bytes, and unacknowledged commands, that may wait for a device that does not read. */
  readonly unreadBytes: number;
  readonly unacknowledged: number;
}

export const DEFAULT_LIMITS: BrokerLimits = {
  // A payload of more than 128 KiB is refused as a reading and acknowledged; only far beyond it the connection ends.
  packetBytes: 1024 * 1024,
  messagesPerSecond: 500,
  connections: 50_000,
  connectionsPerAddress: 20_000,
  newConnectionsPerSecond: 1000,
  loginsPending: 5000,
  loginTimeoutMs: 10_000,
  idleMs: 3_600_000,
  unreadBytes: 1024 * 1024,
  unacknowledged: 1000,
};

/** A CONNECT: ids and a token of some hundred bytes, and a small will. */
export const CONNECT_BYTES = 16 * 1024;
/** Seconds of its rate that a connection may send at once. */
export const BURST_S = 10;
/** Seconds of its rate that a connection may owe; with more it floods, with packets of a few bytes, and is ended. */
export const FAR_OVER_S = 30;
