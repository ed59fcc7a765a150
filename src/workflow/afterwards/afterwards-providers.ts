import type { Provider } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { DeadlineService } from '../deadline-service.js';
import { DeviceAsks } from '../device-asks.js';
import { DeviceCommands } from '../device-commands.js';
import { EmergencyFlow } from '../emergency-flow.js';
import { TicketCommands } from '../ticket-commands.js';
import { Watch } from '../watch.js';
import { Afterwards } from './afterwards.js';
import { AlarmPathTests } from './alarm-path-tests.js';
import { Drills } from './drills.js';
import { FollowUps } from './follow-ups.js';
import { Handovers } from './handovers.js';
import { Inspections } from './inspections.js';
import { Patrols } from './patrols.js';
import { TaskNotices } from './task-notices.js';
import { Weather } from './weather.js';

/** What controllers ask for. */
export const AFTERWARDS_SERVICES = [
  ...[Afterwards, FollowUps, Inspections, Patrols, AlarmPathTests, Drills, Handovers, Weather],
];

export const AFTERWARDS_PROVIDERS: Provider[] = [
  TaskNotices,
  FollowUps,
  Inspections,
  Patrols,
  Drills,
  Handovers,
  {
    provide: AlarmPathTests,
    inject: [DATABASE, CLOCK, EstateTransactions, DirectoryHolder, EmergencyFlow, DeviceAsks, FollowUps],
    useFactory: (
      db: Kysely<Database>,
      clock: Clock,
      transactions: EstateTransactions,
      directory: DirectoryHolder,
      flow: EmergencyFlow,
      asks: DeviceAsks,
      followUps: FollowUps,
    ) => new AlarmPathTests(db, clock, transactions, directory, flow, { asks, followUps }),
  },
  {
    provide: Weather,
    inject: [DATABASE, CLOCK, EstateTransactions, DirectoryHolder, DeviceCommands, FollowUps, Inspections],
    useFactory: (
      db: Kysely<Database>,
      clock: Clock,
      transactions: EstateTransactions,
      directory: DirectoryHolder,
      devices: DeviceCommands,
      followUps: FollowUps,
      inspections: Inspections,
    ) => new Weather(db, clock, transactions, directory, devices, { followUps, inspections }),
  },
  {
    provide: Afterwards,
    inject: [
      ...[EstateTransactions, DirectoryHolder, DeadlineService, TicketCommands, Watch],
      ...[FollowUps, Inspections, Patrols, AlarmPathTests, Drills, Handovers],
    ],
    useFactory: (
      transactions: EstateTransactions,
      directory: DirectoryHolder,
      deadlines: DeadlineService,
      tickets: TicketCommands,
      watch: Watch,
      followUps: FollowUps,
      inspections: Inspections,
      patrols: Patrols,
      alarmPaths: AlarmPathTests,
      drills: Drills,
      handovers: Handovers,
    ) =>
      new Afterwards(transactions, directory, deadlines, tickets, watch, {
        ...{ followUps, inspections, patrols, alarmPaths, drills, handovers },
      }),
  },
];
