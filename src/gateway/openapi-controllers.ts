import type { Type } from '@nestjs/common';
import { SessionsController } from '../access/http/sessions.controller.js';
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
import { HealthController } from '../ops/http/health.controller.js';

/** Every controller of the service, for docs/openapi.json. One that is missing here shows as a drift in its test. */
export const API_CONTROLLERS: Type[] = [
  SessionsController,
  MeController,
  AlarmsController,
  TicketsController,
  DevicesController,
  RulesController,
  UnitsController,
  UnclaimedDevicesController,
  DeviceProfilesController,
  ReplaysController,
  RosterController,
  EstateContactsController,
  TierCallsController,
  JobsController,
  HealthController,
];
