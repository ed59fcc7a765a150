import { randomBytes } from 'node:crypto';
import { Logger, Module, type DynamicModule, type INestApplicationContext, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Kysely } from 'kysely';
import { AuditService } from '../../src/access/audit.service.js';
import { TokenVault } from '../../src/access/token-vault.js';
import { ManualClock } from '../../src/kernel/clock.js';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { loadDirectory } from '../../src/estate/load-directory.js';
import { OpsModule } from '../../src/ops/ops.module.js';
import { createDatabase, createPool } from '../../src/platform/database.js';
import type { Database } from '../../src/platform/database-schema.js';
import { EstateTransactions } from '../../src/platform/estate-transaction.js';
import { FoundationModule, type Foundation } from '../../src/platform/foundation.module.js';
import type { WorkQueue } from '../../src/platform/work-queue.port.js';
import { ClockStep } from '../../src/workflow/clock-step.js';
import { Intake } from '../../src/workflow/intake.js';
import { PageReceipts } from '../../src/workflow/page-receipts.js';
import { Watch } from '../../src/workflow/watch.js';
import { WorkflowModule } from '../../src/workflow/workflow.module.js';
import { ProfileBook } from '../../src/telemetry/profiles/profile-book.js';

/** Steady time that a test moves, beside a wall clock that somebody may set. */
export class SettableClock extends ManualClock {
  private wallAheadMs = 0;
  /** Somebody sets the machine's clock forward (or back). */
  setWall(byMs: number): void {
    this.wallAheadMs += byMs;
  }
  drift(): number {
    return this.wallAheadMs;
  }
  reanchor(byMs: number): void {
    this.advance(byMs);
    this.wallAheadMs -= byMs;
  }
}

/** Stories run no repeats: each page has its first try and, when somebody connects, another. */
const NO_REPEATS: WorkQueue = {
  add: () => Promise.resolve(),
  handle: () => undefined,
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  onBack: () => undefined,
  trouble: () => Promise.resolve(null),
};

@Module({})
class StoryModule {
  static of(foundation: Foundation): DynamicModule {
    return { module: StoryModule, imports: [FoundationModule.forRoot(foundation), OpsModule, WorkflowModule] };
  }
}

/** What the person on duty would have to act on. A story that expects some says so. */
class ErrorsKept implements LoggerService {
  readonly errors: string[] = [];
  error(message: unknown): void {
    this.errors.push(String(message));
  }
  fatal(message: unknown): void {
    this.errors.push(String(message));
  }
  log(): void {}
  warn(): void {}
  debug(): void {}
  verbose(): void {}
}

/** The service without broker, pages and timers of its own: the same parts, put together the same way. */
export class StoryService {
  private constructor(
    readonly app: INestApplicationContext,
    readonly db: Kysely<Database>,
    readonly directory: DirectoryHolder,
    readonly clockStep: ClockStep,
    private readonly kept: ErrorsKept,
    private readonly close: () => Promise<void>,
  ) {}

  static async start(databaseUrl: string, clock: SettableClock): Promise<StoryService> {
    const kept = new ErrorsKept();
    Logger.overrideLogger(kept);
    const pool = createPool({ url: databaseUrl, name: 'general', max: 4 });
    const emergencyPool = createPool({ url: databaseUrl, name: 'emergency', max: 4 });
    const db = createDatabase(pool);
    const emergencyDatabase = createDatabase(emergencyPool);
    const directory = new DirectoryHolder(await loadDirectory(db));
    const app = await NestFactory.createApplicationContext(
      StoryModule.of({
        clock,
        databaseUrl,
        database: db,
        emergencyDatabase,
        workQueue: NO_REPEATS,
        batch: { rows: 1, ms: 1 },
        extra: [
          { provide: DirectoryHolder, useValue: directory },
          { provide: TokenVault, useValue: new TokenVault(randomBytes(32)) },
          { provide: AuditService, useValue: new AuditService(db) },
          { provide: ProfileBook, useValue: new ProfileBook(db, new Map()) },
        ],
      }),
      { logger: false, abortOnError: false },
    );
    Logger.overrideLogger(kept);
    const watch = app.get(Watch);
    directory.onReplaced((d) => watch.refresh(d));
    const clockStep = new ClockStep(clock, db, app.get(EstateTransactions), (by) => watch.shift(by));
    await watch.load(directory.current);
    await watch.begin();
    watch.stop(); // the story ticks by itself
    return new StoryService(app, db, directory, clockStep, kept, async () => {
      await app.get(Intake).close();
      await app.get(PageReceipts).stop();
      await app.close();
      await db.destroy();
      await emergencyDatabase.destroy();
    });
  }

  get errors(): readonly string[] {
    return this.kept.errors;
  }

  /** Nothing more is taken in; what was taken in is committed. */
  stop(): Promise<void> {
    return this.close();
  }
}
