import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DEVICE_KINDS } from '../../estate/device.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Database } from '../../platform/database-schema.js';
import { DATABASE } from '../../platform/database-token.js';
import { DeviceAdoption } from '../../workflow/device-adoption.js';
import { DeviceReads } from '../device-reads.js';
import type { PageOf } from '../record-views.js';
import type { DeviceView } from '../views.js';
import { ESTATE_FILTER } from './list-query.js';
import { cursorOf, MOST_ITEMS, PAGE_QUERY, pageOf, readCursor } from './paging.js';

const LIST = z.object({ ...ESTATE_FILTER.shape, bridge: z.string().min(1).max(128).optional(), ...PAGE_QUERY.shape });
const id = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'must be small letters and digits, joined by "-" or "."');
const text = z.string().trim().min(1).max(200);
const ADOPT = z.object({
  id,
  kind: z.enum(DEVICE_KINDS),
  name: z.object({ zh: text, en: text }),
  building: id.optional(),
  unit: id.optional(),
  riser: id.optional(),
  floor: z.int().min(-20).max(200).optional(),
  attributes: z.strictObject({
    expectedIntervalS: z.number().positive().max(31_536_000),
    capabilities: z.array(z.string().max(64)).max(64).optional(),
    terminalFloors: z.tuple([z.int(), z.int()]).optional(),
    q3M3h: z.number().positive().optional(),
    registerStepM3: z.number().positive().optional(),
    role: z.enum(['dwelling-inlet', 'riser', 'main', 'drain']).optional(),
    egressMonitored: z.boolean().optional(),
    vehicle: z.boolean().optional(),
    profile: id.optional(),
  }),
});
const ROWS = 1000;

export interface UnclaimedDeviceView {
  readonly no: number;
  readonly estate: string;
  readonly bridge: string;
  readonly foreignId: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  /** At most 1 KB of its newest message. */
  readonly sample: string | null;
}

/** Devices that bridges speak of and nobody registered. */
@Allow('control-room', 'supervisor', 'engineer')
@Controller('api/v1/unclaimed-devices')
export class UnclaimedDevicesController {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    private readonly adoption: DeviceAdoption,
    private readonly reads: DeviceReads,
  ) {}

  @Get()
  @ApiAnswer(
    200,
    'Devices that bridges speak of and nobody registered, newest first; page by page in the order of their first word.',
    'PageOf<UnclaimedDeviceView>',
  )
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(LIST) q: z.output<typeof LIST>,
  ): Promise<PageOf<UnclaimedDeviceView>> {
    const estate = q.estate ?? by.roles[0]?.estate ?? '';
    assertEstate(by, estate, 'control-room', 'supervisor', 'engineer');
    const after = readCursor(q.after, z.tuple([z.number().int().min(0)]));
    const paged = after !== null || q.limit !== undefined;
    const limit = paged ? (q.limit ?? MOST_ITEMS) : ROWS;
    let found = this.db.selectFrom('unclaimed_device').selectAll().where('estate_id', '=', estate);
    if (q.bridge) found = found.where('bridge_id', '=', q.bridge);
    if (after) found = found.where('no', '<', after[0]);
    // When they were heard last changes from page to page: pages go by their numbers.
    found = paged ? found.orderBy('no', 'desc') : found.orderBy('last_seen', 'desc').orderBy('no', 'desc');
    const { rows, next } = pageOf(await found.limit(limit + 1).execute(), limit, (r) => cursorOf(r.no));
    return {
      next: paged ? next : null,
      items: rows.map((r) => ({
        no: r.no,
        estate: r.estate_id,
        bridge: r.bridge_id,
        foreignId: r.foreign_id,
        firstSeen: r.first_seen.toISOString(),
        lastSeen: r.last_seen.toISOString(),
        count: r.count,
        sample: r.sample,
      })),
    };
  }

  @Post(':no/adopt')
  @HttpCode(200)
  @Allow('supervisor', 'engineer')
  @ApiAnswer(
    200,
    'It is a device of the estate now, registered; what its bridge says of it counts from now.',
    'DeviceView',
  )
  @ApiAnswer(409, 'The id is taken.')
  async adopt(
    @CurrentPrincipal() by: Principal,
    @Param('no') no: string,
    @ZodBody(ADOPT) q: z.output<typeof ADOPT>,
  ): Promise<DeviceView> {
    const found = /^\d{1,15}$/.test(no)
      ? await this.db.selectFrom('unclaimed_device').select('estate_id').where('no', '=', Number(no)).executeTakeFirst()
      : undefined;
    if (!found) throw new DomainError('not-found', 'There is no such thing in your estates.');
    assertEstate(by, found.estate_id, 'supervisor', 'engineer');
    await this.adoption.adopt(Number(no), by, { ...q, attributes: stripped(q.attributes) });
    return this.reads.one(by, q.id);
  }
}

/** Without the keys that were not given: exact optional properties. */
function stripped(
  attributes: z.output<typeof ADOPT>['attributes'],
): Parameters<DeviceAdoption['adopt']>[2]['attributes'] {
  const given = Object.entries(attributes).filter(([, v]) => v !== undefined);
  return Object.fromEntries(given) as unknown as Parameters<DeviceAdoption['adopt']>[2]['attributes'];
}
