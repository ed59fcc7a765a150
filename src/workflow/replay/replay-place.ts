import { loadEnvironment } from '../../config/environment.js';
import { parametersOf, parseOverrides } from '../../detection/replay/overrides.js';
import { DEVICE_DETECTORS } from '../../detection/device-detectors.js';
import { GROUP_DETECTORS } from '../../detection/group-detectors.js';
import type { Device } from '../../estate/device.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { directoryFromFile } from '../../estate/directory-from-file.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import { loadDirectory } from '../../estate/load-directory.js';
import { readEstateFile } from '../../estate/read-estate-file.js';
import { DomainError } from '../../kernel/domain-error.js';
import { minutes } from '../../kernel/durations.js';
import { openDatabaseForCli } from '../../platform/cli-database.js';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database-schema.js';
import { openHistory } from '../../telemetry/open-history.js';
import { MemoryLog, readLogFile } from './file-log.js';
import { HistoryLog } from './history-log.js';
import { raisedThen } from './raised-alarms.js';
import type { ReplayArgs } from './replay-args.js';
import type { ReplaySpan, ReplayTask } from './run-replay.js';

export interface ReplayPlace {
  readonly task: ReplayTask;
  readonly timezone: string;
  close(): Promise<void>;
}

/** How much of the story before and after the moment in question is told. */
const EXPLAIN_BEFORE_MS = minutes(30);
const EXPLAIN_AFTER_MS = minutes(5);

/** @throws DomainError `invalid` or `not-found`, with a sentence for whoever called */
export async function openReplayPlace(args: ReplayArgs, read: (file: string) => Promise<string>): Promise<ReplayPlace> {
  const overrides = parsedOverrides(args.set);
  if (args.estateFile !== null) {
    const directory = await estateFromFile(args.estateFile, read);
    return filePlace(args, directory, overrides, read, () => Promise.resolve());
  }
  const { db, close } = await openDatabaseForCli('replay');
  try {
    const directory = await loadDirectory(db);
    if (args.input !== null) return await filePlace(args, directory, overrides, read, close);
    return await historyPlace(args, db, directory, overrides, close);
  } catch (e) {
    await close();
    throw e;
  }
}

/** Thresholds as told; @throws DomainError `invalid`, naming what is wrong and what would be right */
export const overridesOf = (set: Readonly<Record<string, number>>): Record<string, number> =>
  parsedOverrides(Object.entries(set).map(([key, value]) => `${key}=${value}`));

/** The same as a command line tells them: `key=value`. */
export function parsedOverrides(set: readonly string[]): Record<string, number> {
  const parsed = parseOverrides(set, parametersOf([...DEVICE_DETECTORS, ...GROUP_DETECTORS]));
  if (!parsed.ok) throw new DomainError('invalid', parsed.error.join('\n'));
  return parsed.value;
}

async function estateFromFile(file: string, read: (f: string) => Promise<string>): Promise<EstateDirectory> {
  const parsed = readEstateFile(await read(file).catch(unreadable(file)));
  if (parsed.ok) return directoryFromFile(parsed.value);
  const told = parsed.error.map((m) => `${file}:${m.line}:${m.column}: ${m.message}`);
  throw new DomainError('invalid', told.join('\n'));
}

async function filePlace(
  args: ReplayArgs,
  directory: EstateDirectory,
  overrides: Record<string, number>,
  read: (f: string) => Promise<string>,
  close: () => Promise<void>,
): Promise<ReplayPlace> {
  const file = args.input ?? '';
  const text = await read(file).catch(unreadable(file));
  const log = readLogFile(file, text, (id) => directory.device(id));
  if (!log.ok) throw new DomainError('invalid', log.error.join('\n'));
  const wish = args.explain?.kind === 'device' ? args.explain : null;
  const named = wish ? [wish.id] : args.devices;
  const { devices, wholeEstate } = chosen(directory, args.estate, named, new Set(log.value.map((r) => r.device)));
  const wanted = new Set(devices.map((d) => d.id));
  const readings = log.value.filter((r) => wanted.has(r.device));
  const first = readings[0]?.receivedAt ?? 0;
  const last = readings.at(-1)?.receivedAt ?? 0;
  const span: ReplaySpan = {
    warmUpFrom: first,
    from: args.from ?? (wish ? wish.at - EXPLAIN_BEFORE_MS : first),
    // Not beyond the last word: that a file ends is no silence of its devices.
    to: args.to ?? (wish ? wish.at + EXPLAIN_AFTER_MS : last + 1),
  };
  return {
    task: {
      directory,
      devices,
      wholeEstate,
      span,
      overrides,
      log: new MemoryLog(readings),
      was: null,
      endings: [],
      ...(args.explain ? { explain: devices.map((d) => d.id) } : {}),
    },
    timezone: devices[0]?.timezone ?? 'UTC',
    close,
  };
}

async function historyPlace(
  args: ReplayArgs,
  db: Kysely<Database>,
  directory: EstateDirectory,
  overrides: Record<string, number>,
  close: () => Promise<void>,
): Promise<ReplayPlace> {
  const moment = await momentOf(args, db);
  const { devices, wholeEstate } = chosen(directory, args.estate, moment?.devices ?? args.devices, null);
  const from = args.from ?? (moment ? moment.from : 0);
  const to = args.to ?? (moment ? moment.to : 0);
  const span: ReplaySpan = { warmUpFrom: from - args.warmUpMs, from, to };
  const { environment } = loadEnvironment(process.env);
  const history = openHistory(db, environment.history, new DirectoryHolder(directory));
  const estate = devices[0]?.estate ?? '';
  const ids = devices.map((d) => d.id);
  const then = await raisedThen(db, estate, wholeEstate ? null : ids, span);
  return {
    task: {
      directory,
      devices,
      wholeEstate,
      span,
      overrides,
      log: new HistoryLog(history, devices, span.warmUpFrom, to),
      was: then.alarms,
      endings: then.endings,
      ...(args.explain ? { explain: ids } : {}),
    },
    timezone: devices[0]?.timezone ?? 'UTC',
    close,
  };
}

/** Whom and when an explanation is about. */
async function momentOf(
  args: ReplayArgs,
  db: Kysely<Database>,
): Promise<{ devices: string[]; from: number; to: number } | null> {
  const wish = args.explain;
  if (!wish) return null;
  if (wish.kind === 'device')
    return { devices: [wish.id], from: wish.at - EXPLAIN_BEFORE_MS, to: wish.at + EXPLAIN_AFTER_MS };
  let q = db.selectFrom('ticket').select(['id', 'opened_at', 'device_id']).where('no', '=', wish.no);
  if (args.estate !== null) q = q.where('estate_id', '=', args.estate);
  const tickets = await q.execute();
  const [ticket] = tickets;
  if (!ticket) throw new DomainError('not-found', `there is no ticket ${wish.no}`);
  if (tickets.length > 1) throw new DomainError('invalid', `several estates have a ticket ${wish.no}: tell --estate`);
  const alarms = await db.selectFrom('alarm').select('device_id').where('ticket_id', '=', ticket.id).execute();
  const devices = [...new Set([ticket.device_id, ...alarms.map((a) => a.device_id)])].filter((d) => d !== null).sort();
  if (devices.length === 0) throw new DomainError('invalid', `${wish.no} is about a building: replay its estate`);
  const at = ticket.opened_at.getTime();
  return { devices, from: at - EXPLAIN_BEFORE_MS, to: at + EXPLAIN_AFTER_MS };
}

/**
 * The devices that were asked for, else the estate's, in the order of the directory.
 * @param heard who speaks in a file; an estate is then played as far as the file knows it
 */
export function chosen(
  directory: EstateDirectory,
  estate: string | null,
  named: readonly string[],
  heard: ReadonlySet<string> | null,
): { devices: readonly Device[]; wholeEstate: boolean } {
  if (named.length > 0) {
    for (const id of named) if (!directory.device(id)) throw new DomainError('not-found', `there is no device "${id}"`);
    const devices = directory.devices().filter((d) => named.includes(d.id));
    if (new Set(devices.map((d) => d.estate)).size > 1)
      throw new DomainError('invalid', 'devices of one estate at a time');
    return { devices, wholeEstate: false };
  }
  const estates = directory.estates().map((e) => e.id);
  const only = estate ?? (estates.length === 1 ? estates[0] : undefined);
  if (only === undefined) throw new DomainError('invalid', `which estate? --estate ${estates.join(' | ')}`);
  if (!directory.estate(only))
    throw new DomainError('not-found', `there is no estate "${only}" (there are ${estates.join(', ')})`);
  const devices = directory.devicesOfEstate(only).filter((d) => d.life !== 'retired' && (heard?.has(d.id) ?? true));
  return { devices, wholeEstate: true };
}

const unreadable =
  (file: string) =>
  (e: Error): never => {
    throw new DomainError('invalid', `${file} cannot be read: ${e.message}`);
  };
