import { textFault, type TextFault } from './mqtt-text.js';

/** Control packet types, MQTT 3.1.1 table 2.1. */
export const CONNECT = 1;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 10;
export const PINGREQ = 12;
export const DISCONNECT = 14;

/** Why a packet is refused, in words for an operator. */
export type Violation =
  | TextFault
  | 'reserved-packet-type'
  | 'packet-of-a-server'
  | 'reserved-flags'
  | 'first-packet-not-connect'
  | 'second-connect'
  | 'malformed-length'
  | 'packet-too-large'
  | 'wrong-length'
  | 'protocol-name'
  | 'protocol-level'
  | 'connect-flags'
  | 'empty-client-id'
  | 'will-qos-3'
  | 'qos-3'
  | 'dup-on-qos-0'
  | 'packet-id-0'
  | 'empty-topic'
  | 'wildcard-in-topic'
  | 'malformed-filter'
  | 'too-many-levels'
  | 'no-filters'
  | 'acknowledgement-of-wrong-kind';

/** CONNACK that goes before the end of the connection, where MQTT asks for one. */
export const CONNACK_BAD_LEVEL = Buffer.from([0x20, 2, 0, 1]);
export const CONNACK_BAD_ID = Buffer.from([0x20, 2, 0, 2]);

/** The matcher of aedes throws beyond this. */
const MAX_LEVELS = 100;
const [SLASH, PLUS, HASH] = [0x2f, 0x2b, 0x23];

const u16 = (b: Uint8Array, at: number): number => ((b[at] as number) << 8) | (b[at + 1] as number);

/** @returns the end of the length-prefixed field at `at`, or -1 when it does not fit before `end` */
function fieldEnd(b: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const to = at + 2 + u16(b, at);
  return to <= end ? to : -1;
}

/** Name of a topic that is published to: `bytes[start, end)`. */
export function topicFault(b: Uint8Array, start: number, end: number): Violation | null {
  if (start === end) return 'empty-topic';
  const fault = textFault(b, start, end);
  if (fault) return fault;
  let levels = 1;
  for (let i = start; i < end; i++) {
    const c = b[i];
    if (c === PLUS || c === HASH) return 'wildcard-in-topic';
    if (c === SLASH && ++levels > MAX_LEVELS) return 'too-many-levels';
  }
  return null;
}

/** MQTT 3.1.1 §4.7.1: `#` alone in the last level, `+` alone in its level. */
export function filterFault(b: Uint8Array, start: number, end: number): Violation | null {
  if (start === end) return 'empty-topic';
  const fault = textFault(b, start, end);
  if (fault) return fault;
  let levels = 1;
  for (let i = start; i < end; i++) {
    const c = b[i];
    if (c === SLASH && ++levels > MAX_LEVELS) return 'too-many-levels';
    if (c !== PLUS && c !== HASH) continue;
    const alone = (i === start || b[i - 1] === SLASH) && (i + 1 === end || b[i + 1] === SLASH);
    if (!alone || (c === HASH && i + 1 !== end)) return 'malformed-filter';
  }
  return null;
}

/** Where the connect flags stand after `MQIsdp` and the level, from the start of the body. */
export const OLD_CONNECT_FLAGS_AT = 9;

/** What a CONNECT says that the later packets are judged by. */
export interface ConnectVerdict {
  readonly violation: Violation | null;
  /** To be sent before the end. */
  readonly answer?: Buffer;
  /** 3 = MQTT 3.1, 4 = MQTT 3.1.1. */
  readonly version: number;
}

const no = (violation: Violation, answer?: Buffer): ConnectVerdict => ({ violation, answer, version: 0 });
const isAscii = (b: Uint8Array, start: number, end: number, text: string): boolean =>
  end - start === text.length && [...text].every((c, i) => b[start + i] === c.charCodeAt(0));

/** MQTT 3.1.1 §3.1. `flags` are those of the fixed header. */
export function judgeConnect(b: Uint8Array, flags: number, start: number, end: number): ConnectVerdict {
  const afterName = fieldEnd(b, start, end);
  if (afterName < 0 || afterName + 4 > end) return no('wrong-length');
  const old = isAscii(b, start + 2, afterName, 'MQIsdp');
  if (!old && !isAscii(b, start + 2, afterName, 'MQTT')) return no('protocol-name');
  const level = b[afterName] as number;
  // Also what an MQTT 5 client hears, and understands: it may come again with 3.1.1.
  if (level !== (old ? 3 : 4)) return no('protocol-level', CONNACK_BAD_LEVEL);
  // MQTT 3.1 gives the flags of a CONNECT's fixed header, and the lowest of its own, no meaning: they may be set.
  if (flags !== 0 && !old) return no('reserved-flags');
  const has = b[afterName + 1] as number;
  const [clean, will, willQos, willRetain] = [has & 2, has & 4, (has >> 3) & 3, has & 0x20];
  const [password, username] = [has & 0x40, has & 0x80];
  if (has & 1 && !old) return no('reserved-flags');
  if (!will && (willQos || willRetain)) return no('connect-flags');
  if (willQos === 3) return no('will-qos-3');
  if (password && !username) return no('connect-flags');

  const id = afterName + 4;
  let at = fieldEnd(b, id, end);
  if (at < 0) return no('wrong-length');
  const idFault = textFault(b, id + 2, at);
  if (idFault) return no(idFault);
  if (at === id + 2 && (old || !clean)) return no('empty-client-id', CONNACK_BAD_ID);
  if (will) {
    const topic = at;
    at = fieldEnd(b, topic, end);
    if (at < 0) return no('wrong-length');
    const fault = topicFault(b, topic + 2, at);
    if (fault) return no(fault);
    at = fieldEnd(b, at, end);
    if (at < 0) return no('wrong-length');
  }
  if (username) {
    const name = at;
    at = fieldEnd(b, name, end);
    if (at < 0) return no('wrong-length');
    const fault = textFault(b, name + 2, at);
    if (fault) return no(fault);
  }
  if (password) at = fieldEnd(b, at, end);
  return at === end ? { violation: null, version: level } : no('wrong-length');
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP, PINGREQ, DISCONNECT, SUBSCRIBE, UNSUBSCRIBE: the body between `start` and `end`. */
export function bodyFault(type: number, b: Uint8Array, start: number, end: number): Violation | null {
  if (type === PINGREQ || type === DISCONNECT) return start === end ? null : 'wrong-length';
  if (start + 2 > end) return 'wrong-length';
  if (u16(b, start) === 0) return 'packet-id-0';
  let at = start + 2;
  if (type !== SUBSCRIBE && type !== UNSUBSCRIBE) return at === end ? null : 'wrong-length';
  if (at === end) return 'no-filters';
  while (at < end) {
    const to = fieldEnd(b, at, end);
    if (to < 0) return 'wrong-length';
    const fault = filterFault(b, at + 2, to);
    if (fault) return fault;
    at = to;
    if (type === UNSUBSCRIBE) continue;
    if (at === end) return 'wrong-length';
    const asked = b[at++] as number;
    if (asked > 2) return asked === 3 ? 'qos-3' : 'reserved-flags';
  }
  return null;
}
