import { ok, type Result } from '../../kernel/result.js';
import type { Reject } from '../decode-native.js';
import { nothing, type Dialect, type ForeignMessage, type Statement } from './dialect.js';
import { invalid, isForeignName } from './read-json.js';
import {
  readSparkplug,
  valueOfMetric,
  writeSparkplug,
  type Metric,
  type SparkplugPayload,
} from './sparkplug-payload.js';

const TOPIC = /^spBv1\.0\/([^/]+)\/([ND](?:BIRTH|DATA|DEATH|CMD))\/([^/]+)(?:\/([^/]+))?$/;
/** A node that does not answer is not asked with each of its messages. */
const ASK_AGAIN_MS = 10_000;
/** Bounds on what one bridge may make Steward remember. */
const MAX_NODES = 1000;
const MAX_METRICS = 5000;

interface KnownMetric {
  readonly name: string;
  readonly datatype: number | undefined;
}

interface Node {
  /** null = not born since this process started: neither alive nor dead. */
  alive: boolean | null;
  bdSeq: number | undefined;
  seq: number | undefined;
  askedAt: number;
  /** By alias, of the node and all of its devices: aliases are unique in a node. */
  readonly aliases: Map<number, KnownMetric>;
  readonly datatypes: Map<string, number>;
  readonly born: Set<string>;
  readonly dead: Set<string>;
}

interface Session {
  readonly nodes: Map<string, Node>;
}

interface Place {
  readonly group: string;
  readonly node: string;
  readonly type: string;
  /** `group/node` or `group/node/device`. */
  readonly device: string;
}

/**
 * Sparkplug B 3.0 (`spBv1.0/{group}/{type}/{node}[/{device}]`, protobuf), Steward as host application. A gap in `seq`, an
 * unknown alias or data without a birth asks the node for a new birth; a death with another `bdSeq` than the birth's is of
 * an older connection and is ignored; after a death everything is stale until the next birth.
 */
export const sparkplugB: Dialect<Session> = {
  id: 'sparkplug-b',
  newSession: () => ({ nodes: new Map() }),
  unwrap: (message, session) => {
    const [, group, type, node, device] = TOPIC.exec(message.topic) ?? [];
    if (group === undefined || type === undefined || node === undefined) {
      return /^spBv1\.0\/STATE\//.test(message.topic)
        ? ok(nothing('STATE'))
        : invalid(`not a topic of Sparkplug B: ${message.topic.slice(0, 200)}`);
    }
    if (type.endsWith('CMD')) return ok(nothing(type));
    if (type.startsWith('D') !== (device !== undefined)) return invalid(`${type} with a wrong number of levels`);
    const name = device === undefined ? `${group}/${node}` : `${group}/${node}/${device}`;
    if (!isForeignName(name)) return invalid('a name that is too long or cannot be shown');
    // Births and data are never retained; one that is was kept by a broker from an unknown time.
    if (message.retained) return ok(nothing('retained'));
    const read = readSparkplug(message.payload);
    if (!read.ok) return read;
    return hear({ group, node, type, device: name }, read.value, message, session);
  },
};

function hear(
  place: Place,
  payload: SparkplugPayload,
  message: ForeignMessage,
  session: Session,
): Result<readonly Statement[], Reject> {
  const key = `${place.group}/${place.node}`;
  let node = session.nodes.get(key);
  if (!node) {
    if (session.nodes.size >= MAX_NODES) return invalid(`more than ${MAX_NODES} nodes on one bridge`);
    node = {
      ...{ alive: null, bdSeq: undefined, seq: undefined, askedAt: -Infinity },
      ...{ aliases: new Map(), datatypes: new Map(), born: new Set<string>(), dead: new Set<string>() },
    };
    session.nodes.set(key, node);
  }
  if (place.type === 'NDEATH') return ok(nodeDeath(key, node, payload));
  const { seq } = payload;
  if (seq === undefined || !Number.isInteger(seq) || seq < 0 || seq > 255)
    return invalid('seq: missing or not 0 to 255');
  const asked: Statement[] = [];
  const ask = (why: string): void => {
    if (message.receivedAt - node.askedAt < ASK_AGAIN_MS) return;
    node.askedAt = message.receivedAt;
    asked.push(rebirthRequest(place, message.receivedAt), { type: 'nothing', why: `rebirth asked: ${why}` });
  };
  if (place.type === 'NBIRTH') return nodeBirth(place, node, payload, message);
  if (node.alive === false) {
    ask('the node was dead');
    return ok([...asked, refusal(place, 'its node is dead: stale until its next birth')]);
  }
  if (node.seq !== undefined && seq !== (node.seq + 1) % 256) ask(`seq ${seq} after ${node.seq}`);
  else if (node.alive === null) ask('no birth heard yet');
  node.seq = seq;
  if (place.type === 'DDEATH') {
    node.dead.add(place.device);
    return ok([...asked, { type: 'presence', device: place.device, online: false }]);
  }
  if (place.type === 'DBIRTH') {
    const learnt = learn(node, payload.metrics);
    if (learnt !== null) return invalid(learnt);
    node.born.add(place.device);
    node.dead.delete(place.device);
  } else if (node.dead.has(place.device)) {
    ask('the device was dead');
    return ok([...asked, refusal(place, 'it is dead: stale until its next birth')]);
  }
  const told = said(place, node, payload, message, ask);
  return ok([...asked, ...told]);
}

function nodeBirth(
  place: Place,
  node: Node,
  payload: SparkplugPayload,
  message: ForeignMessage,
): Result<readonly Statement[], Reject> {
  const bdSeq = bdSeqOf(payload.metrics);
  if (bdSeq === undefined) return invalid('NBIRTH without bdSeq');
  node.aliases.clear();
  node.datatypes.clear();
  const learnt = learn(node, payload.metrics);
  if (learnt !== null) return invalid(learnt);
  // A birth speaks for the node alone: its devices are stale until their own.
  for (const d of node.born) node.dead.add(d);
  node.born.clear();
  Object.assign(node, { alive: true, bdSeq, seq: payload.seq, askedAt: -Infinity });
  return ok(said(place, node, payload, message, () => undefined));
}

function nodeDeath(key: string, node: Node, payload: SparkplugPayload): readonly Statement[] {
  const bdSeq = bdSeqOf(payload.metrics);
  if (node.alive === true && bdSeq !== node.bdSeq) return nothing('death of an older connection');
  if (node.alive === false) return nothing('dead already');
  node.alive = false;
  const devices = [key, ...node.born].filter((d) => !node.dead.has(d));
  for (const d of node.born) node.dead.add(d);
  return devices.map((device): Statement => ({ type: 'presence', device, online: false }));
}

/** Values by the time at which they were measured, oldest first. */
function said(
  place: Place,
  node: Node,
  payload: SparkplugPayload,
  message: ForeignMessage,
  ask: (why: string) => void,
): Statement[] {
  const byTime = new Map<number, Record<string, unknown>>();
  const fallback = payload.timestamp ?? message.receivedAt;
  let historical = 0;
  for (const m of payload.metrics) {
    const known =
      m.name === undefined || m.name === ''
        ? node.aliases.get(m.alias ?? -1)
        : { name: m.name, datatype: node.datatypes.get(m.name) };
    if (!known) {
      ask(`alias ${m.alias ?? 'missing'} is not known`);
      continue;
    }
    // Told late by a node that had stored it: not what the device says now.
    if (m.isHistorical === true) {
      historical++;
      continue;
    }
    const value = valueOfMetric(m, known.datatype);
    if (value === undefined || known.name === 'bdSeq' || known.name.startsWith('Node Control/')) continue;
    const time = m.timestamp ?? fallback;
    const object = byTime.get(time) ?? {};
    object[known.name] = value;
    byTime.set(time, object);
  }
  // A birth holds what changed long ago: all of it is told now, and is one reading.
  const merged = place.type.endsWith('BIRTH') && byTime.size > 0;
  const objects: [number, Record<string, unknown>][] = merged
    ? [[fallback, Object.assign({}, ...byTime.values()) as Record<string, unknown>]]
    : [...byTime].sort(([a], [b]) => a - b);
  const statements = objects.map(([observedAt, object]): Statement => ({
    type: 'values',
    device: place.device,
    object,
    observedAt,
  }));
  if (historical > 0) statements.push({ type: 'nothing', why: 'historical' });
  return statements.length > 0 ? statements : [{ type: 'nothing', why: `${place.type} without values` }];
}

/** @returns what is wrong, or null */
function learn(node: Node, metrics: readonly Metric[]): string | null {
  for (const { name, alias, datatype } of metrics) {
    if (name === undefined || name === '' || name.length > 200) return 'a birth with a metric without a name';
    if (datatype !== undefined) node.datatypes.set(name, datatype);
    if (alias !== undefined) node.aliases.set(alias, { name, datatype });
    if (node.datatypes.size > MAX_METRICS || node.aliases.size > MAX_METRICS) return `more than ${MAX_METRICS} metrics`;
  }
  return null;
}

function bdSeqOf(metrics: readonly Metric[]): number | undefined {
  const m = metrics.find(({ name }) => name === 'bdSeq');
  return m?.longValue ?? m?.intValue;
}

const refusal = (place: Place, detail: string): Statement => ({
  type: 'refused',
  device: place.device,
  reject: { reason: 'invalid-reading', detail },
});

const BOOLEAN = 11;
const rebirthRequest = ({ group, node }: Place, now: number): Statement => ({
  type: 'request',
  topic: `spBv1.0/${group}/NCMD/${node}`,
  payload: writeSparkplug({
    timestamp: now,
    metrics: [{ name: 'Node Control/Rebirth', timestamp: now, datatype: BOOLEAN, booleanValue: true }],
  }),
});
