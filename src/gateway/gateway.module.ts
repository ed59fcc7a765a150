import { Module } from '@nestjs/common';
import type { Kysely } from 'kysely';
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
import { JobsController } from './http/jobs.controller.js';
import { MeController } from './http/me.controller.js';
import { EstateContactsController } from './http/estate-contacts.controller.js';
import { RosterController } from './http/roster.controller.js';
import { RulesController } from './http/rules.controller.js';
import { ReplaysController } from './http/replays.controller.js';
import { TierCallsController } from './http/tier-calls.controller.js';
import { TicketsController } from './http/tickets.controller.js';
import { UnitsController } from './http/units.controller.js';
import { UnclaimedDevicesController } from './http/unclaimed-devices.controller.js';
import { JobReads } from './job-reads.js';
import { LiveBroadcast } from './live-broadcast.js';
import { PageReplies } from './page-replies.js';
import { LocalisationReads } from './localisation-reads.js';
import { ReadViews } from './read-views.js';
import { RosterReads } from './roster-reads.js';

/** Everything that people and programs see: REST, sockets, views. */
@Module({
  controllers: [
    AlarmsController,
    TicketsController,
    DevicesController,
    RulesController,
    UnitsController,
    UnclaimedDevicesController,
    DeviceProfilesController,
    ReplaysController,
    MeController,
    RosterController,
    EstateContactsController,
    TierCallsController,
    JobsController,
  ],
  providers: [
    ReadViews,
    RosterReads,
    JobReads,
    DeviceReads,
    LocalisationReads,
    PageReplies,
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
