import { Logger } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import { eventDefinition } from '../kernel/events.js';
import type { DeviceAsk, Finding } from '../detection/detector.js';
import type { Metrics } from '../ops/metrics.js';
import type { EstateTransactions, EstateTransaction } from '../platform/estate-transaction.js';
import type { LiveValues } from '../telemetry/live-values.js';
import type { Queryable } from '../telemetry/history/new-readings.js';
import { isBadData, writeEntries, type BatchWriter } from './batch-writer.js';
import type { EmergencyFlow } from './emergency-flow.js';
import type { Entry, Lane } from './intake-entry.js';

export interface IntakeOptions {
  readonly batchRows: number;
  readonly batchMs: number;
}

export interface IntakeParts {
  readonly writer: BatchWriter;
  readonly transactions: EstateTransactions;
  readonly flow: EmergencyFlow;
  readonly live: LiveValues;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** A row that the database refuses: counted and sampled, never sent again (law 9). */
  readonly onBadRow: (entry: Entry, error: Error) => void;
  /** Intake was away for this long (ms) and is back: silence was not the devices' fault. */
  readonly onResumed: () => void;
  readonly onFindings: (lane: Lane, findings: readonly Finding[]) => void;
  /** What led to it is committed. */
  readonly onAsks: (lane: Lane, asks: readonly DeviceAsk[]) => void;
}

/** A commit that takes longer than this is a stall: silence clocks stop (domain §4). */
const STALL_MS = 2000;
/** (tune) More rows than so many full batches go in several commits: a whole backlog in one would stand in everybody's way. */
const MOST_BATCHES = 2;
/** As many as there are connections for emergencies. */
const CROWD = 8;
const RETRY_MS = [50, 100, 250, 500, 1000];

/**
 * From a stepped message to its commit and PUBACK.
 *
 *   nothing found → the open batch: closes at N rows or T ms, one statement, then all PUBACKs
 *   something found → a transaction of its own, at once, that takes along the device's earlier entries of the open batch
 *
 * Order is per device: while an emergency of a device commits, its later messages wait behind it; while a batch that
 * holds some of it commits, its emergency waits for that batch. So PUBACKs leave in the order of arrival.
 */
export class Intake {
  private readonly log = new Logger(Intake.name);
  private batch: Entry[] = [];
  private batchRows = 0;
  private timer: NodeJS.Timeout | null = null;
  private writing = false;
  /** When each commit under way began, steady ms. */
  private readonly commits = new Set<{ began: number }>();
  /** A commit that was held back has ended: whoever watches silence hears of it when the last of them has. */
  private wasHeldBack = false;
  private closing = false;
  private readonly running = new Set<Promise<void>>();
  private lesser = 0;
  /** One more emergency is under way, or one fewer. */
  onUrgent: (by: 1 | -1) => void = () => undefined;
  private readonly lesserQueue: (() => void)[] = [];

  constructor(
    private readonly parts: IntakeParts,
    private readonly options: IntakeOptions,
  ) {}

  /** A database that is away or slow holds commits back: nothing is decided on silence meanwhile. */
  get isStalled(): boolean {
    return this.wasHeldBack || this.isHeldBack;
  }

  private get isHeldBack(): boolean {
    const limit = this.parts.clock.now() - STALL_MS;
    for (const c of this.commits) if (c.began < limit) return true;
    const oldest = this.batch[0];
    return oldest !== undefined && oldest.arrivedAt < limit;
  }

  /** Something was found and is not committed yet. */
  get isUrgent(): boolean {
    return this.running.size > 0;
  }

  /** So many of them that they wait for each other. */
  get isCrowded(): boolean {
    return this.running.size >= CROWD;
  }

  submit(entry: Entry): void {
    const { lane } = entry;
    this.parts.metrics.ingestQueue.inc();
    if (lane.waiting) lane.waiting.push(entry);
    else if (entry.findings.length > 0) this.startEmergency(lane, entry);
    else this.enqueue(entry);
  }

  /** Waits until everything that was submitted is committed, then stops. */
  async close(): Promise<void> {
    this.closing = true;
    const give = this.parts.clock.now() + 8000;
    while ((this.batch.length > 0 || this.writing || this.running.size > 0) && this.parts.clock.now() < give) {
      this.flush();
      await new Promise((r) => setTimeout(r, 20));
    }
    await this.parts.writer.close();
  }

  // ── The bulk ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private enqueue(entry: Entry): void {
    this.batch.push(entry);
    this.batchRows += entry.readings.length;
    entry.lane.open.push(entry);
    if (this.batchRows >= this.options.batchRows) this.flush();
    else this.flushSoon();
  }

  private flushSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.flush();
    }, this.options.batchMs);
  }

  private flush(): void {
    if (this.writing || this.batch.length === 0) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const entries = this.takeBatch().filter((e) => !e.taken);
    if (entries.length === 0) {
      if (this.batch.length > 0) this.flushSoon();
      return this.resumeWhenOver();
    }
    this.writing = true;
    const committed = this.commitBatch(entries).finally(() => {
      this.writing = false;
      for (const e of entries) if (e.lane.inFlight === committed) e.lane.inFlight = null;
      if (this.batchRows >= this.options.batchRows || this.closing) this.flush();
      else if (this.batch.length > 0) this.flushSoon();
    });
    const isAll = this.batch.length === 0;
    const under = isAll ? null : new Set(entries);
    for (const e of entries) {
      if (e.lane.inFlight === committed) continue;
      e.lane.open = under === null ? [] : e.lane.open.filter((o) => !under.has(o));
      e.lane.inFlight = committed;
    }
  }

  /** The oldest of what waits, in the order of arrival: all of it, unless that is a backlog. */
  private takeBatch(): Entry[] {
    const most = this.options.batchRows * MOST_BATCHES;
    if (this.batchRows <= most) {
      const all = this.batch;
      this.batch = [];
      this.batchRows = 0;
      return all;
    }
    let rows = 0;
    let n = 0;
    while (n < this.batch.length && (n === 0 || rows < most)) rows += this.batch[n++]?.readings.length ?? 0;
    this.batchRows -= rows;
    return this.batch.splice(0, n);
  }

  private async commitBatch(entries: readonly Entry[]): Promise<void> {
    const begun = performance.now();
    await this.untilDone('readings', (again) => this.writeBisecting(entries, again));
    this.parts.metrics.batchSeconds.observe((performance.now() - begun) / 1000);
    this.parts.metrics.batches.inc();
    this.release(entries);
  }

  /** One bad row never aborts a batch: it is halved until the culprit is alone, and that one becomes a reject. */
  private async writeBisecting(entries: readonly Entry[], again: boolean): Promise<void> {
    try {
      await this.parts.writer.write(entries, again);
    } catch (error) {
      if (!isBadData(error)) throw error;
      if (entries.length === 1) {
        this.parts.onBadRow(entries[0] as Entry, error as Error);
        return;
      }
      const half = entries.length >> 1;
      await this.writeBisecting(entries.slice(0, half), again);
      await this.writeBisecting(entries.slice(half), again);
    }
  }

  // ── Emergencies ───────────────────────────────────────────────────────────────────────────────────────────────────

  private startEmergency(lane: Lane, first: Entry): void {
    lane.waiting = [];
    const run = this.runEmergencies(lane, first).finally(() => {
      this.running.delete(run);
      this.onUrgent(-1);
    });
    this.running.add(run);
    this.onUrgent(1);
  }

  private async runEmergencies(lane: Lane, first: Entry): Promise<void> {
    let next: Entry | undefined = first;
    while (next) {
      const entry: Entry = next;
      const along = lane.open.filter((e) => !e.taken);
      for (const e of along) e.taken = true;
      lane.open = [];
      await this.ownTurn(entry, async () => {
        // Entries of this device in the batch under way must be stored first.
        if (lane.inFlight) await lane.inFlight;
        await this.commitEmergency(lane, [...along, entry], entry.findings);
      });
      next = undefined;
      const waiting: Entry[] = lane.waiting ?? [];
      while (waiting.length > 0) {
        const e = waiting.shift() as Entry;
        if (e.findings.length > 0) {
          next = e;
          break;
        }
        this.enqueue(e);
      }
    }
    lane.waiting = null;
  }

  /** P1 never waits for a lesser one: at most two of those are under way at a time. */
  private async ownTurn(entry: Entry, work: () => Promise<void>): Promise<void> {
    if (entry.findings.some((f) => isP1(f))) return work();
    if (this.lesser >= 2) await new Promise<void>((resolve) => this.lesserQueue.push(resolve));
    this.lesser++;
    try {
      await work();
    } finally {
      this.lesser--;
      this.lesserQueue.shift()?.();
    }
  }

  private async commitEmergency(lane: Lane, entries: readonly Entry[], findings: readonly Finding[]): Promise<void> {
    let withReadings = entries;
    await this.untilDone(`emergency of ${lane.key}`, async (again) => {
      const emergency = (tx: EstateTransaction): Promise<void> =>
        this.emergency(tx, lane, withReadings, findings, again);
      try {
        await this.parts.transactions.run(lane.estate, emergency, () => this.closing);
      } catch (error) {
        const rows = withReadings.some((e) => e.readings.length > 0);
        if (!isBadData(error) || !rows) throw error;
        // The emergency itself must not fail with a row of history.
        for (const e of withReadings) this.parts.onBadRow(e, error as Error);
        withReadings = entries.map((e) => ({ ...e, readings: [] }));
        await this.parts.transactions.run(lane.estate, emergency, () => this.closing);
      }
    });
    this.release(entries);
    this.parts.onFindings(lane, findings);
  }

  private async emergency(
    tx: EstateTransaction,
    lane: Lane,
    entries: readonly Entry[],
    findings: readonly Finding[],
    again: boolean,
  ): Promise<void> {
    await writeEntries(asQueryable(tx), entries, again);
    for (const f of findings) await this.parts.flow.apply(tx, f, lane.device());
  }

  // ── Both ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Tries until the database has taken it. What is not committed is not acknowledged, so nothing is lost by waiting.
   * @param work told when it is tried again: a commit whose answer was lost with the connection may have been made
   */
  private async untilDone(what: string, work: (again: boolean) => Promise<void>): Promise<void> {
    const began = this.parts.clock.now();
    const commit = { began };
    this.commits.add(commit);
    for (let attempt = 0; ; attempt++) {
      try {
        await work(attempt > 0);
        break;
      } catch (error) {
        if (isBadData(error)) {
          // A defect of ours, not a state of the database: trying again cannot help, holding PUBACKs would stop intake.
          this.log.error(`${what} could not be stored and was dropped: ${(error as Error).stack}`);
          this.parts.metrics.suppressed.inc({ reason: 'store-failed' });
          break;
        }
        if (attempt === 0) this.log.error(`${what} cannot be stored, trying again: ${(error as Error).message}`);
        if (this.closing && attempt > 5) break;
        await new Promise((r) => setTimeout(r, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
      }
    }
    const took = this.parts.clock.now() - began;
    this.commits.delete(commit);
    if (took > STALL_MS && !this.closing) {
      this.log.warn(`the database held ${what} back for ${(took / 1000).toFixed(1)} s`);
      this.wasHeldBack = true;
    }
    this.resumeWhenOver();
  }

  /** Once a stall, not once a commit: all devices are asked anew, and that while everything else wants to catch up. */
  private resumeWhenOver(): void {
    if (!this.wasHeldBack || this.isHeldBack) return;
    this.wasHeldBack = false;
    if (this.closing) return;
    this.log.warn('silence clocks start anew');
    this.parts.onResumed();
  }

  private release(entries: readonly Entry[]): void {
    const { metrics, live } = this.parts;
    const now = this.parts.clock.now();
    metrics.ingestQueue.dec(entries.length);
    const readings = new Map<string, number>();
    for (const e of entries) {
      for (const { reading, historic } of e.readings) if (!historic) live.note(reading);
      if (e.asks) this.parts.onAsks(e.lane, e.asks);
      if (e.done) {
        e.done();
        metrics.pubackSeconds.observe((now - e.arrivedAt) / 1000);
      }
      const kind = e.readings.length > 0 ? e.lane.device()?.kind : undefined;
      if (kind) readings.set(kind, (readings.get(kind) ?? 0) + e.readings.length);
    }
    for (const [kind, n] of readings) metrics.readings.inc({ kind }, n);
  }
}

const isP1 = (f: Finding): boolean => f.kind !== 'clear' && (f.priority ?? eventDefinition(f.event).priority) === 'P1';

/** The batch writer's statements inside a Kysely transaction. */
function asQueryable(tx: EstateTransaction): Queryable {
  return { query: (q) => tx.trx.executeQuery(CompiledQuery.raw(q.text, q.values ?? [])) };
}
