import { benchEstate } from './bench-estate.js';
import type { BenchOptions, LoadStep, Profile } from './bench-options.js';
import { DatabaseFacts, type DurabilitySettings } from './database-facts.js';
import { sendDuress, type SentDuress } from './duress-probe.js';
import { Load, type StepResult } from './load.js';
import type { InfluxBytes } from './production-servers.js';
import { deadlineLateness, pageLatency, type DeadlineLateness, type PageLatency } from './probe-results.js';
import { UsageMeter, type Usage } from './process-stats.js';
import { boundOf, ServiceMetrics, type Stored } from './service-metrics.js';
import { startService, type ServiceUnderTest } from './service-under-test.js';
import { StaffPhones } from './staff-phones.js';
import { trapPeople, type TrappedLift } from './trap-probe.js';

export interface MeasuredStep extends StepResult, Stored {
  /** From a message's arrival at Steward to its commit: p99 is at most so much, ms. */
  readonly commitP99AtMostMs: number;
  readonly service: Usage;
  readonly database: Usage;
  readonly load: Usage;
  /** Redis, InfluxDB and Mosquitto, where there are any. */
  readonly servers: Readonly<Record<string, Usage>>;
}

export interface RunResult extends DurabilitySettings {
  readonly profile: Profile;
  readonly connections: number;
  readonly startupMs: number;
  readonly steps: readonly MeasuredStep[];
  readonly page: readonly PageLatency[];
  readonly deadlines: DeadlineLateness;
  readonly sustainedMsgPerS: number;
  readonly readings: number;
  /** Acknowledged by the broker and, at the end of all, not committed by Steward. */
  readonly readingsLost: number;
  /** By which the database has grown, once nothing waits to be packed or written to InfluxDB. */
  readonly bytesPerReading: number;
  /** null without InfluxDB. */
  readonly influxBytesPerReading: InfluxBytes | null;
  /** The readings were in blocks when their bytes were counted. */
  readonly packed: boolean;
  readonly failedAnswers: number;
  /** Tickets of devices that behaved: anything here spoils the figures. */
  readonly unexpectedTickets: readonly string[];
}

/** Pages may come late under load; what has not come after so long is lost. */
const LAST_PAGES_MS = 5000;
/** Readings land and are packed some 20 s later, merged some 30 s after that. */
const COMPACTION_MS = 120_000;
/** A backlog in the broker's queue at the end of all may take so long. */
const LAST_READINGS_MS = 120_000;
/** A service that is so far behind its broker does not sustain the rate. */
const STORED_AFTER_MS = 1000;

/** One run on a fresh service. */
export async function benchRun(options: BenchOptions, say: (line: string) => void): Promise<RunResult> {
  const estate = benchEstate({
    background: options.connections,
    duressGates: options.steps.reduce((n, s) => n + s.duress, 0),
    trapLifts: options.steps.reduce((n, s) => n + s.trapped, 0),
  });
  const service = await startService(estate, options.profile);
  say(`service ready after ${(service.startupMs / 1000).toFixed(1)} s on an empty data folder`);
  const load = new Load(options.workers);
  const metrics = new ServiceMetrics(service.http);
  const facts = await DatabaseFacts.open(service.databaseUrl);
  const phones = new StaffPhones(service.http, estate.logins, options.answerAfterMs);
  try {
    await phones.connect();
    if (options.profile === 'production') await metrics.brokerKnowsDevices(say);
    await load.connect(service.mqttHost, service.mqttPort, estate.background);
    say(`${estate.background.length} devices connected`);
    const sizeBefore = await facts.size();
    const done: Measured[] = [];
    await warmUp({ service, load, metrics }, options, done);
    const gates = [...estate.duressGates];
    const lifts = [...estate.trapLifts];
    for (const step of options.steps) {
      const probes = { gates: gates.splice(0, step.duress), lifts: lifts.splice(0, step.trapped) };
      done.push(await measuredStep(step, options, { service, load, metrics }, probes, done));
      say(line(done.at(-1)?.result as MeasuredStep));
    }
    for (const rate of options.ladder) {
      const step = { background: rate, duress: 0, trapped: 0, measureMs: options.ladderMs };
      const measured = await measuredStep(step, options, { service, load, metrics }, NO_PROBES, done);
      done.push(measured);
      say(line(measured.result));
      if (!measured.result.sustained) break;
    }
    await new Promise((r) => setTimeout(r, LAST_PAGES_MS));
    return await collect(estate.firstPaged, {
      done,
      profile: options.profile,
      service,
      metrics,
      phones,
      facts,
      sizeBefore,
      connections: estate.background.length,
    });
  } finally {
    await load.stop();
    await phones.close();
    await facts.close().catch(() => undefined);
    await service.stop();
  }
}

interface Sent {
  readonly result: Pick<StepResult, 'acknowledged'>;
  readonly duress: readonly SentDuress[];
  readonly trapped: readonly TrappedLift[];
}

interface Measured extends Sent {
  readonly result: MeasuredStep;
  readonly warmUp: boolean;
}

interface Bed {
  readonly service: ServiceUnderTest;
  readonly load: Load;
  readonly metrics: ServiceMetrics;
}

interface Probes {
  readonly gates: Parameters<typeof sendDuress>[0];
  readonly lifts: Parameters<typeof trapPeople>[0];
}

const NO_PROBES: Probes = { gates: [], lifts: [] };

const SERVERS = ['redis', 'influx', 'mosquitto'] as const;
const NO_USE: Usage = { cpuPct: 0, memoryMiB: 0 };

/** The compiler of the runtime has to see the code first; these messages count for the bytes only. */
async function warmUp({ load, metrics }: Bed, options: BenchOptions, done: Measured[]): Promise<void> {
  const rate = Math.min(2000, options.steps.at(-1)?.background ?? 2000);
  const result = await load.pace({ rate, warmupMs: options.warmupMs, measureMs: options.warmupMs });
  done.push({
    result: {
      ...{ ...result, ...(await metrics.stored(result.acknowledged)), commitP99AtMostMs: 0 },
      ...{ service: NO_USE, database: NO_USE, load: NO_USE, servers: {} },
    },
    duress: [],
    trapped: [],
    warmUp: true,
  });
}

/** Messages that the broker has acknowledged: Steward must have them all. */
const acknowledged = (done: readonly Sent[]): number =>
  done.reduce(
    (n, d) =>
      n +
      d.result.acknowledged +
      // Before its code a gate says that it is closed.
      2 * d.duress.filter((s) => s.acknowledged).length +
      d.trapped.reduce((sum, t) => sum + t.messages, 0),
    0,
  );

async function measuredStep(
  step: LoadStep,
  options: BenchOptions,
  { service, load, metrics }: Bed,
  probes: Probes,
  before: readonly Measured[],
): Promise<Measured> {
  const { warmupMs } = options;
  const broker = { host: service.mqttHost, port: service.mqttPort };
  const commitsBefore = await metrics.commits();
  const meters = new Promise<Record<'service' | 'database' | 'load', UsageMeter> & { servers: [string, UsageMeter][] }>(
    (resolve) =>
      setTimeout(() => {
        resolve({
          service: new UsageMeter(service.pids['service'] ?? 0, false),
          database: new UsageMeter(service.pids['database'] ?? 0, true),
          load: new UsageMeter(load.pids[0] ?? 0, false),
          servers: SERVERS.flatMap((name) => {
            const pid = service.pids[name];
            return pid === undefined ? [] : [[name, new UsageMeter(pid, false)]];
          }),
        });
      }, warmupMs),
  );
  // People are trapped early enough for their 30 s to end within the step.
  const trapOverMs = Math.max(0, step.measureMs - 38_000);
  const [result, duress, trapped, use] = await Promise.all([
    load.pace({ rate: step.background, warmupMs, measureMs: step.measureMs }),
    sendDuress(probes.gates, broker, warmupMs, step.measureMs - 1000),
    trapPeople(probes.lifts, broker, warmupMs, trapOverMs),
    meters.then(async (m) => {
      await new Promise((r) => setTimeout(r, step.measureMs - 200));
      const servers = Object.fromEntries(m.servers.map(([name, meter]) => [name, meter.read()]));
      return { service: m.service.read(), database: m.database.read(), load: m.load.read(), servers };
    }),
  ]);
  const stored = await metrics.stored(acknowledged([...before, { result, duress, trapped }]));
  const inTime = stored.notStored === 0 && stored.storedAfterMs <= STORED_AFTER_MS;
  const measured = {
    ...{ ...result, ...use, ...stored, sustained: result.sustained && inTime },
    commitP99AtMostMs: boundOf(0.99, commitsBefore, await metrics.commits()),
  };
  return { result: measured, duress, trapped, warmUp: false };
}

interface Ended {
  readonly done: readonly Measured[];
  readonly profile: Profile;
  readonly service: ServiceUnderTest;
  readonly metrics: ServiceMetrics;
  readonly phones: StaffPhones;
  readonly facts: DatabaseFacts;
  readonly sizeBefore: number;
  readonly connections: number;
}

async function collect(firstPaged: readonly string[], ended: Ended): Promise<RunResult> {
  const { done, profile, service, metrics, phones, facts, sizeBefore, connections } = ended;
  const duressTickets = await facts.tickets('gate.duress');
  const trapTickets = await facts.tickets('elevator.entrapment%');
  const steps = done.filter((d) => !d.warmUp);
  const readings = acknowledged(done);
  const { notStored: readingsLost } = await metrics.stored(readings, LAST_READINGS_MS);
  const packed = await facts.compacted(COMPACTION_MS);
  const size = await facts.size();
  const influx = await service.influxBytes();
  return {
    ...(await facts.durability()),
    profile,
    connections,
    startupMs: service.startupMs,
    steps: steps.map((s) => s.result),
    page: steps
      .filter((s) => s.duress.length)
      .map((s) => pageLatency(s.result.rate, s.duress, duressTickets, phones, firstPaged)),
    deadlines: deadlineLateness(
      steps.flatMap((s) => s.trapped),
      trapTickets,
    ),
    sustainedMsgPerS: Math.max(0, ...steps.filter((s) => s.result.sustained).map((s) => s.result.rate)),
    readings,
    readingsLost,
    bytesPerReading: (size - sizeBefore) / readings,
    influxBytesPerReading: influx && { packed: influx.packed / readings, log: influx.log / readings },
    packed,
    failedAnswers: phones.failedAnswers,
    unexpectedTickets: await facts.unexpectedTickets(),
  };
}

function line(s: MeasuredStep): string {
  const ms = (n: number): string => n.toFixed(1);
  const use = `service ${s.service.cpuPct.toFixed(0)} %, database ${s.database.cpuPct.toFixed(0)} %, load ${s.load.cpuPct.toFixed(0)} %`;
  const stored = s.notStored
    ? `${s.notStored} NOT STORED`
    : `stored ${(s.storedAfterMs / 1000).toFixed(1)} s after the last`;
  return `${s.rate}/s: PUBACK p50 ${ms(s.pubackP50Ms)} ms, p99 ${ms(s.pubackP99Ms)} ms; ${stored}; ${use}${s.sustained ? '' : ' (not sustained)'}`;
}
