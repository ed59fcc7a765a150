import type { Type } from '@nestjs/common';
import { ErrorsController } from '../access/http/errors.controller.js';
import { SessionsController } from '../access/http/sessions.controller.js';
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
import { HealthController } from '../ops/http/health.controller.js';

/** Every controller of the service, for docs/openapi.json. One that is missing here shows as a drift in its test. */
export const API_CONTROLLERS: Type[] = [
  SessionsController,
  ErrorsController,
  MeController,
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
  HealthController,
];
