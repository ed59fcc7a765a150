import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Kysely } from 'kysely';
import { IdempotencyInterceptor } from '../access/http/idempotency.interceptor.js';
import { IdempotencyStore } from '../access/idempotency-store.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { EstateTransactions } from '../platform/estate-transaction.js';
import { LiveValues } from '../telemetry/live-values.js';
import { Watch } from '../workflow/watch.js';
import { ButlerGateway } from './butler.gateway.js';
import { ChangeFeed } from './change-feed.js';
import { ControlRoomGateway } from './control-room.gateway.js';
import { DeviceReads } from './device-reads.js';
import { AlarmsController } from './http/alarms.controller.js';
import { DeviceProfilesController } from './http/device-profiles.controller.js';
import { DevicesController } from './http/devices.controller.js';
import { MeController } from './http/me.controller.js';
import { RulesController } from './http/rules.controller.js';
import { ReplaysController } from './http/replays.controller.js';
import { TicketsController } from './http/tickets.controller.js';
import { UnitsController } from './http/units.controller.js';
import { UnclaimedDevicesController } from './http/unclaimed-devices.controller.js';
import { NoticesController } from './http/notices.controller.js';
import { RecordsController } from './http/records.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { LiveBroadcast } from './live-broadcast.js';
import { PageReplies } from './page-replies.js';
import { LocalisationReads } from './localisation-reads.js';
import { ReadViews } from './read-views.js';
import { RecordReads } from './record-reads.js';

/** Everything that people and programs see: REST, sockets, views. */
@Module({
  controllers: [
    AlarmsController,
    NoticesController,
    TicketsController,
    DevicesController,
    RulesController,
    UnitsController,
    UnclaimedDevicesController,
    WebhooksController,
    RecordsController,
    DeviceProfilesController,
    ReplaysController,
    MeController,
  ],
  providers: [
    ReadViews,
    DeviceReads,
    RecordReads,
    LocalisationReads,
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
