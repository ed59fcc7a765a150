import { Global, Module } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { Metrics } from '../ops/metrics.js';
import { PAGE_COURIER } from '../paging/page-courier.port.js';
import { PageDelivery } from '../paging/page-delivery.js';
import { PersonSockets } from '../paging/person-sockets.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE, EMERGENCY_DATABASE } from '../platform/database-token.js';
import { EstateTransactions } from '../platform/estate-transaction.js';
import { FOUNDATION } from '../platform/foundation-token.js';
import type { Foundation } from '../platform/foundation.module.js';
import { WORK_QUEUE, type WorkQueue } from '../platform/work-queue.port.js';
import { HISTORY, type History } from '../telemetry/history.port.js';
import { LiveValues } from '../telemetry/live-values.js';
import { openHistory } from '../telemetry/open-history.js';
import { RejectLog } from '../telemetry/reject-log.js';
import { AFTERWARDS_PROVIDERS, AFTERWARDS_SERVICES } from './afterwards/afterwards-providers.js';
import { AlarmCommands } from './alarm-commands.js';
import { AlarmEndings } from './alarm-endings.js';
import { AlarmJoins } from './alarm-joins.js';
import { ContactCommands } from './contact-commands.js';
import { CallOpening } from './by-hand/call-opening.js';
import { SlotAssignment } from './by-hand/slot-assignment.js';
import { TicketNotes } from './by-hand/ticket-notes.js';
import { TicketRegrouping } from './by-hand/ticket-regrouping.js';
import { DeadlineService } from './deadline-service.js';
import { DeviceAsks } from './device-asks.js';
import { DeviceAdoption } from './device-adoption.js';
import { DeviceCommands } from './device-commands.js';
import { DirectoryRefresh } from './directory-refresh.js';
import { EmergencyFlow } from './emergency-flow.js';
import { Intake } from './intake.js';
import { JobLinks } from './job-links.js';
import { LeakLocalisation } from './leak-localisation.js';
import { NoticeChannels } from './notices/notice-channels.js';
import { NoticeDelivery } from './notices/notice-delivery.js';
import { NoticeDesk } from './notices/notice-desk.js';
import { OutboxRelay } from './outbox-relay.js';
import { ChannelCourier } from './page-channels/channel-courier.js';
import { pageChannelExports, pageChannelProviders } from './page-channels/page-channel-providers.js';
import { PageReceipts } from './page-receipts.js';
import { EvidenceStore } from '../tickets/evidence/evidence-store.js';
import { EvidenceCommands } from './evidence/evidence-commands.js';
import { ProcedureHolder } from '../tickets/procedure-holder.js';
import { ProcedureCommands } from './procedures/procedure-commands.js';
import { ProcedureLoading } from './procedures/procedure-loading.js';
import { RuleCommands } from './rule-commands.js';
import { RuleReads } from './rule-reads.js';
import { RosterCommands } from './roster/roster-commands.js';
import { SwapCommands } from './roster/swap-commands.js';
import { ProfileCommands } from './profile-commands.js';
import { PolicyCommands } from './policies/policy-commands.js';
import { PolicyReads } from './policies/policy-reads.js';
import { ReplayJobs } from './replay/replay-jobs.js';
import { SlotEscalation } from './slot-escalation.js';
import { SlotFilling } from './slot-filling.js';
import { TicketCommands } from './ticket-commands.js';
import { TierCalls } from './tier-calls.js';
import { TicketOpening } from './ticket-opening.js';
import { UnitCommands } from './unit-commands.js';
import { Watch } from './watch.js';
import { WEBHOOK_EXPORTS, WEBHOOK_PROVIDERS } from './webhooks/webhook-providers.js';
import { WATCH_AND_INTAKE, watchAndIntake, type WatchAndIntake } from './watch-and-intake.js';

/** Detection to pages: who is made of what. Services with plain constructors are put together here, by hand. */
@Global()
@Module({
  providers: [
    EmergencyFlow,
    AlarmJoins,
    TicketOpening,
    TicketCommands,
    AlarmCommands,
    AlarmEndings,
    SlotEscalation,
    SlotFilling,
    DeviceCommands,
    DeviceAdoption,
    ProfileCommands,
    DirectoryRefresh,
    RuleCommands,
    RuleReads,
    PolicyCommands,
    PolicyReads,
    UnitCommands,
    RosterCommands,
    SwapCommands,
    ContactCommands,
    TierCalls,
    ...pageChannelProviders,
    { provide: PAGE_COURIER, useExisting: ChannelCourier },
    ProcedureLoading,
    ProcedureCommands,
    EvidenceCommands,
    {
      provide: EvidenceStore,
      inject: [FOUNDATION],
      useFactory: (f: Foundation) => new EvidenceStore(f.evidence?.folder ?? null),
    },
    { provide: ProcedureHolder, useFactory: () => new ProcedureHolder() },
    CallOpening,
    TicketRegrouping,
    SlotAssignment,
    TicketNotes,
    ...WEBHOOK_PROVIDERS,
    NoticeChannels,
    NoticeDesk,
    NoticeDelivery,
    JobLinks,
    { provide: PersonSockets, useFactory: () => new PersonSockets() },
    { provide: LiveValues, useFactory: () => new LiveValues() },
    {
      provide: PageReceipts,
      inject: [EstateTransactions, DirectoryHolder, Metrics],
      useFactory: (t: EstateTransactions, d: DirectoryHolder, m: Metrics) => new PageReceipts(t, d, m),
    },
    {
      provide: PageDelivery,
      inject: [DATABASE, PersonSockets, PageReceipts, DirectoryHolder, Metrics, CLOCK],
      useFactory: (
        db: Kysely<Database>,
        sockets: PersonSockets,
        receipts: PageReceipts,
        directory: DirectoryHolder,
        metrics: Metrics,
        clock: Clock,
      ) => new PageDelivery(db, sockets, receipts, directory, metrics, clock),
    },
    {
      provide: DeviceAsks,
      inject: [DATABASE, CLOCK, Metrics],
      useFactory: (db: Kysely<Database>, clock: Clock, metrics: Metrics) => new DeviceAsks(db, clock, metrics),
    },
    {
      provide: RejectLog,
      inject: [DATABASE, CLOCK, Metrics],
      useFactory: (db: Kysely<Database>, clock: Clock, metrics: Metrics) => new RejectLog(db, clock, metrics),
    },
    {
      provide: HISTORY,
      inject: [DATABASE, FOUNDATION, DirectoryHolder],
      useFactory: openHistory,
    },
    {
      provide: DeadlineService,
      inject: [
        EMERGENCY_DATABASE,
        CLOCK,
        EstateTransactions,
        SlotEscalation,
        AlarmCommands,
        DirectoryHolder,
        Metrics,
        DeviceCommands,
      ],
      useFactory: (
        db: Kysely<Database>,
        clock: Clock,
        transactions: EstateTransactions,
        escalation: SlotEscalation,
        alarms: AlarmCommands,
        directory: DirectoryHolder,
        metrics: Metrics,
        devices: DeviceCommands,
      ) => new DeadlineService(db, clock, transactions, escalation, alarms, { directory, metrics, devices }),
    },
    {
      provide: OutboxRelay,
      inject: [DATABASE, WORK_QUEUE, CLOCK, Metrics],
      useFactory: (db: Kysely<Database>, queue: WorkQueue, clock: Clock, metrics: Metrics) =>
        new OutboxRelay(db, queue, clock, metrics),
    },
    {
      provide: ReplayJobs,
      inject: [DATABASE, HISTORY, DirectoryHolder, CLOCK],
      useFactory: (db: Kysely<Database>, history: History, directory: DirectoryHolder, clock: Clock) =>
        new ReplayJobs(db, history, directory, clock),
    },
    {
      provide: LeakLocalisation,
      inject: [DATABASE, HISTORY, LiveValues, DirectoryHolder, EstateTransactions, CLOCK],
      useFactory: (
        db: Kysely<Database>,
        history: History,
        live: LiveValues,
        directory: DirectoryHolder,
        transactions: EstateTransactions,
        clock: Clock,
      ) => new LeakLocalisation(db, history, live, directory, transactions, clock),
    },
    {
      provide: WATCH_AND_INTAKE,
      inject: [
        ...[FOUNDATION, EstateTransactions, EmergencyFlow, LiveValues, Metrics, RejectLog],
        ...[AlarmEndings, HISTORY, DeviceAsks],
      ],
      useFactory: watchAndIntake,
    },
    { provide: Watch, inject: [WATCH_AND_INTAKE], useFactory: (w: WatchAndIntake) => w.watch },
    { provide: Intake, inject: [WATCH_AND_INTAKE], useFactory: (w: WatchAndIntake) => w.intake },
    ...AFTERWARDS_PROVIDERS,
  ],
  exports: [
    ...pageChannelExports,
    TicketCommands,
    AlarmCommands,
    DeviceAsks,
    DeviceCommands,
    DeviceAdoption,
    ProfileCommands,
    DirectoryRefresh,
    RuleCommands,
    RuleReads,
    PolicyCommands,
    PolicyReads,
    UnitCommands,
    RosterCommands,
    SwapCommands,
    ContactCommands,
    TierCalls,
    ProcedureHolder,
    ProcedureLoading,
    ProcedureCommands,
    EvidenceCommands,
    EvidenceStore,
    CallOpening,
    TicketRegrouping,
    SlotAssignment,
    TicketNotes,
    JobLinks,
    PersonSockets,
    PageDelivery,
    PageReceipts,
    LiveValues,
    RejectLog,
    HISTORY,
    DeadlineService,
    OutboxRelay,
    EmergencyFlow,
    LeakLocalisation,
    ReplayJobs,
    ...WEBHOOK_EXPORTS,
    NoticeChannels,
    NoticeDesk,
    NoticeDelivery,
    Watch,
    Intake,
    ...AFTERWARDS_SERVICES,
  ],
})
export class WorkflowModule {}
