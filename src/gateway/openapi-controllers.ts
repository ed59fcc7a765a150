import type { Type } from '@nestjs/common';
import { ErrorsController } from '../access/http/errors.controller.js';
import { SessionsController } from '../access/http/sessions.controller.js';
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
import { HealthController } from '../ops/http/health.controller.js';

/** Every controller of the service, for docs/openapi.json. One that is missing here shows as a drift in its test. */
export const API_CONTROLLERS: Type[] = [
  SessionsController,
  ErrorsController,
  MeController,
  AlarmsController,
  EvidenceController,
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
  RosterController,
  EstateContactsController,
  TierCallsController,
  ChannelsController,
  DeadLettersController,
  PageReceiptsController,
  FollowUpsController,
  InspectionsController,
  LiftSafetyController,
  PatrolsController,
  TasksController,
  WeatherController,
  ReportsController,
  FiguresController,
  ExportsController,
  JobsController,
  HealthController,
];
