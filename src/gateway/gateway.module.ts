import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Kysely } from 'kysely';
import { IdempotencyInterceptor } from '../access/http/idempotency.interceptor.js';
import { IdempotencyStore } from '../access/idempotency-store.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { PlaceSearch } from '../estate/place-search.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { EstateTransactions } from '../platform/estate-transaction.js';
import { LiveValues } from '../telemetry/live-values.js';
import { Watch } from '../workflow/watch.js';
import { ButlerGateway } from './butler.gateway.js';
import { ChangeFeed } from './change-feed.js';
import { ChannelDesk } from './channel-desk.js';
import { ControlRoomGateway } from './control-room.gateway.js';
import { DeviceReads } from './device-reads.js';
import { EvidenceReads } from './evidence-reads.js';
import { AlarmsController } from './http/alarms.controller.js';
import { ChannelsController } from './http/channels.controller.js';
import { DeadLettersController } from './http/dead-letters.controller.js';
import { DeviceProfilesController } from './http/device-profiles.controller.js';
import { DevicesController } from './http/devices.controller.js';
import { EvidenceController } from './http/evidence.controller.js';
import { FollowUpsController } from './http/follow-ups.controller.js';
import { InspectionsController } from './http/inspections.controller.js';
import { LiftSafetyController } from './http/lift-safety.controller.js';
import { PatrolsController } from './http/patrols.controller.js';
import { TasksController } from './http/tasks.controller.js';
import { WeatherController } from './http/weather.controller.js';
import { JobsController } from './http/jobs.controller.js';
import { MeController } from './http/me.controller.js';
import { EstateContactsController } from './http/estate-contacts.controller.js';
import { RosterController } from './http/roster.controller.js';
import { PoliciesController } from './http/policies.controller.js';
import { PageReceiptsController } from './http/page-receipts.controller.js';
import { ProceduresController } from './http/procedures.controller.js';
import { RulesController } from './http/rules.controller.js';
import { PlacesController } from './http/places.controller.js';
import { ExportsController } from './http/exports.controller.js';
import { FiguresController } from './http/figures.controller.js';
import { ReportsController } from './http/reports.controller.js';
import { ReplaysController } from './http/replays.controller.js';
import { TierCallsController } from './http/tier-calls.controller.js';
import { TicketsByHandController } from './http/tickets-by-hand.controller.js';
import { TicketsController } from './http/tickets.controller.js';
import { UnitsController } from './http/units.controller.js';
import { UnclaimedDevicesController } from './http/unclaimed-devices.controller.js';
import { NoticesController } from './http/notices.controller.js';
import { RecordsController } from './http/records.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { JobReads } from './job-reads.js';
import { LiveBroadcast } from './live-broadcast.js';
import { PageReplies } from './page-replies.js';
import { LocalisationReads } from './localisation-reads.js';
import { ProcedureReads } from './procedure-reads.js';
import { ReadViews } from './read-views.js';
import { RosterReads } from './roster-reads.js';
import { TaskReads } from './task-reads.js';
import { RecordReads } from './record-reads.js';

/** Everything that people and programs see: REST, sockets, views. */
@Module({
  controllers: [
    AlarmsController,
    // Before the tickets: `evidence` is not a move.
    EvidenceController,
    // Before the tickets' own: its `:id/:move` would take their routes.
    TicketsByHandController,
    PlacesController,
    NoticesController,
    TicketsController,
    DevicesController,
    RulesController,
    PoliciesController,
    ProceduresController,
    UnitsController,
    UnclaimedDevicesController,
    WebhooksController,
    RecordsController,
    DeviceProfilesController,
    ReplaysController,
    FollowUpsController,
    InspectionsController,
    LiftSafetyController,
    PatrolsController,
    TasksController,
    WeatherController,
    ReportsController,
    FiguresController,
    ExportsController,
    MeController,
    RosterController,
    EstateContactsController,
    TierCallsController,
    ChannelsController,
    DeadLettersController,
    PageReceiptsController,
    JobsController,
  ],
  providers: [
    ReadViews,
    RosterReads,
    ChannelDesk,
    PlaceSearch,
    JobReads,
    DeviceReads,
    RecordReads,
    LocalisationReads,
    EvidenceReads,
    ProcedureReads,
    TaskReads,
    PageReplies,
    IdempotencyStore,
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    ButlerGateway,
    ControlRoomGateway,
    {
      provide: ChangeFeed,
      inject: [DATABASE, EstateTransactions],
      useFactory: (db: Kysely<Database>, transactions: EstateTransactions) => {
        const feed = new ChangeFeed(db);
        transactions.onCommitted((estate, changes) => feed.committed(estate, changes));
        return feed;
      },
    },
    {
      provide: LiveBroadcast,
      inject: [LiveValues, Watch, DirectoryHolder, CLOCK, ChangeFeed],
      useFactory: (live: LiveValues, watch: Watch, directory: DirectoryHolder, clock: Clock, feed: ChangeFeed) =>
        new LiveBroadcast(live, watch, directory, clock, (estate) => feed.knownHead(estate)),
    },
  ],
  exports: [ChangeFeed, LiveBroadcast],
})
export class GatewayModule {}
