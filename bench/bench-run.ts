import { benchEstate } from './bench-estate.js';
import type { BenchOptions, LoadStep } from './bench-options.js';
import { DatabaseFacts, type DurabilitySettings } from './database-facts.js';
import { sendDuress, type SentDuress } from './duress-probe.js';
import { Load, type StepResult } from './load.js';
import { deadlineLateness, pageLatency, type DeadlineLateness, type PageLatency } from './probe-results.js';
import { UsageMeter, type Usage } from './process-stats.js';
import { startService, type ServiceUnderTest } from './service-under-test.js';
import { StaffPhones } from './staff-phones.js';
import { trapPeople, type TrappedLift } from './trap-probe.js';

export interface MeasuredStep extends StepResult {
  readonly service: Usage;
  readonly database: Usage;
  readonly load: Usage;
}

export interface RunResult extends DurabilitySettings {
  readonly connections: number;
  readonly startupMs: number;
  readonly steps: readonly MeasuredStep[];
  readonly page: readonly PageLatency[];
  readonly deadlines: DeadlineLateness;
  readonly sustainedMsgPerS: number;
  readonly readings: number;
  readonly bytesPerReading: number;
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

/** One run on a fresh service. */
export async function benchRun(options: BenchOptions, say: (line: string) => void): Promise<RunResult> {
  const estate = benchEstate({
    background: options.connections,
    duressGates: options.steps.reduce((n, s) => n + s.duress, 0),
    trapLifts: options.steps.reduce((n, s) => n + s.trapped, 0),
  });
  const service = await startService(estate);
  say(`service ready after ${(service.startupMs / 1000).toFixed(1)} s on an empty data folder`);
  const load = new Load(options.workers);
  const facts = await DatabaseFacts.open(service.databaseUrl);
  const phones = new StaffPhones(service.http, estate.logins, options.answerAfterMs);
  try {
    await phones.connect();
    await load.connect(service.mqttHost, service.mqttPort, estate.background);
    say(`${estate.background.length} devices connected`);
    const sizeBefore = await facts.size();
    const done: Measured[] = [];
    await warmUp(load, options, done);
    const gates = [...estate.duressGates];
    const lifts = [...estate.trapLifts];
    for (const step of options.steps) {
      const probes = { gates: gates.splice(0, step.duress), lifts: lifts.splice(0, step.trapped) };
      done.push(await measuredStep(step, options, { service, load, probes }));
      say(line(done.at(-1)?.result as MeasuredStep));
    }
    for (const rate of options.ladder) {
      const step = { background: rate, duress: 0, trapped: 0, measureMs: options.ladderMs };
      const measured = await measuredStep(step, options, { service, load, probes: { gates: [], lifts: [] } });
      done.push(measured);
      say(line(measured.result));
      if (!measured.result.sustained) break;
    }
    await new Promise((r) => setTimeout(r, LAST_PAGES_MS));
    return await collect(estate.logins[0]?.username ?? '', {
      done,
      service,
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

interface Measured {
  readonly result: MeasuredStep;
  readonly duress: readonly SentDuress[];
  readonly trapped: readonly TrappedLift[];
  readonly warmUp: boolean;
}

interface Bed {
  readonly service: ServiceUnderTest;
  readonly load: Load;
  readonly probes: { gates: Parameters<typeof sendDuress>[0]; lifts: Parameters<typeof trapPeople>[0] };
}

const NO_USE: Usage = { cpuPct: 0, memoryMiB: 0 };

/** The compiler of the runtime has to see the code first; these messages count for the bytes only. */
async function warmUp(load: Load, options: BenchOptions, done: Measured[]): Promise<void> {
  const rate = Math.min(2000, options.steps.at(-1)?.background ?? 2000);
  const result = await load.pace({ rate, warmupMs: options.warmupMs, measureMs: options.warmupMs });
  done.push({
    result: { ...result, service: NO_USE, database: NO_USE, load: NO_USE },
    duress: [],
    trapped: [],
    warmUp: true,
  });
}

async function measuredStep(step: LoadStep, options: BenchOptions, { service, load, probes }: Bed): Promise<Measured> {
  const { warmupMs } = options;
  const broker = { host: service.mqttHost, port: service.mqttPort };
  const meters = new Promise<{ service: UsageMeter; database: UsageMeter; load: UsageMeter }>((resolve) =>
    setTimeout(() => {
      resolve({
        service: new UsageMeter(service.pids['service'] ?? 0, false),
        database: new UsageMeter(service.pids['database'] ?? 0, true),
        load: new UsageMeter(load.pids[0] ?? 0, false),
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
      return { service: m.service.read(), database: m.database.read(), load: m.load.read() };
    }),
  ]);
  return { result: { ...result, ...use }, duress, trapped, warmUp: false };
}

interface Ended {
  readonly done: readonly Measured[];
  readonly service: ServiceUnderTest;
  readonly phones: StaffPhones;
  readonly facts: DatabaseFacts;
  readonly sizeBefore: number;
  readonly connections: number;
}

async function collect(butler: string, ended: Ended): Promise<RunResult> {
  const { done, service, phones, facts, sizeBefore, connections } = ended;
  const duressTickets = await facts.tickets('gate.duress');
  const trapTickets = await facts.tickets('elevator.entrapment%');
  const steps = done.filter((d) => !d.warmUp);
  const readings = done.reduce((n, d) => n + d.result.acknowledged + 2 * d.duress.length, 0);
  const packed = await facts.compacted(COMPACTION_MS);
  const size = await facts.size();
  return {
    ...(await facts.durability()),
    connections,
    startupMs: service.startupMs,
    steps: steps.map((s) => s.result),
    page: steps
      .filter((s) => s.duress.length)
      .map((s) => pageLatency(s.result.rate, s.duress, duressTickets, phones, butler)),
    deadlines: deadlineLateness(
      steps.flatMap((s) => s.trapped),
      trapTickets,
    ),
    sustainedMsgPerS: Math.max(0, ...steps.filter((s) => s.result.sustained).map((s) => s.result.rate)),
    readings,
    bytesPerReading: (size - sizeBefore) / readings,
    packed,
    failedAnswers: phones.failedAnswers,
    unexpectedTickets: await facts.unexpectedTickets(),
  };
}

function line(s: MeasuredStep): string {
  const ms = (n: number): string => n.toFixed(1);
  const use = `service ${s.service.cpuPct.toFixed(0)} %, database ${s.database.cpuPct.toFixed(0)} %, load ${s.load.cpuPct.toFixed(0)} %`;
  return `${s.rate}/s: PUBACK p50 ${ms(s.pubackP50Ms)} ms, p99 ${ms(s.pubackP99Ms)} ms; ${use}${s.sustained ? '' : ' (not sustained)'}`;
}
