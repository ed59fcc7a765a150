import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { OCCUPANCIES } from '../../estate/device.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { UnitEntry } from '../../estate/estate-directory.js';
import { DomainError } from '../../kernel/domain-error.js';
import { UnitCommands } from '../../workflow/unit-commands.js';
import { DeviceReads, unitView } from '../device-reads.js';
import type { PageOf } from '../record-views.js';
import type { Role, UnitView } from '../views.js';
import { ESTATE_FILTER } from './list-query.js';
import { PAGE_QUERY } from './paging.js';

const REASON = z.string().trim().min(1).max(500);
const VISIT = z.object({ minutes: z.int().min(0).max(1440), reason: REASON });
const AWAY = z.object({ until: z.iso.datetime({ offset: true }).nullable() });
const OCCUPANCY = z.object({
  occupancy: z.enum(OCCUPANCIES),
  review: z.iso.date().nullable().default(null),
  reason: REASON,
});
const LIST = z.object({
  ...ESTATE_FILTER.shape,
  building: z.string().min(1).max(128).optional(),
  occupancy: z.enum(OCCUPANCIES).optional(),
  ...PAGE_QUERY.shape,
});
/** Who goes into flats, and who keeps the register of them. */
const VISITORS: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler', 'engineer'];
const READERS: Role[] = [...VISITORS, 'security'];
const REGISTRARS: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler'];

@Allow(...VISITORS)
@Controller('api/v1/units')
export class UnitsController {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly commands: UnitCommands,
    private readonly reads: DeviceReads,
  ) {}

  @Get()
  @Allow(...READERS)
  @ApiAnswer(200, 'Flats in scope with who lives there: no names, no telephones.', 'PageOf<UnitView>')
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST) q: z.output<typeof LIST>): PageOf<UnitView> {
    return this.reads.units(by, q);
  }

  @Post(':id/visit')
  @HttpCode(200)
  @ApiAnswer(200, 'A visit (inspection, viewing, cleaning) is under way for so long; 0 minutes ends it.', 'UnitView')
  async visit(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(VISIT) q: z.output<typeof VISIT>,
  ): Promise<UnitView> {
    return unitView(await this.commands.visit(this.unit(by, id, VISITORS), by, q.minutes, q.reason));
  }

  @Post(':id/away')
  @HttpCode(200)
  @Allow(...REGISTRARS)
  @ApiAnswer(200, 'The resident said to be away until then; null = is back.', 'UnitView')
  async away(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(AWAY) q: z.output<typeof AWAY>,
  ): Promise<UnitView> {
    const until = q.until === null ? null : Date.parse(q.until);
    return unitView(await this.commands.away(this.unit(by, id, REGISTRARS), by, until));
  }

  @Post(':id/occupancy')
  @HttpCode(200)
  @Allow(...REGISTRARS)
  @ApiAnswer(200, 'Who lives there now; rules for empty units follow at once.', 'UnitView')
  async occupancy(
    @CurrentPrincipal() by: Principal,
    @Param('id') id: string,
    @ZodBody(OCCUPANCY) q: z.output<typeof OCCUPANCY>,
  ): Promise<UnitView> {
    const unit = this.unit(by, id, REGISTRARS);
    return unitView(await this.commands.occupancy(unit, by, q.occupancy, q.reason, q.review));
  }

  private unit(by: Principal, id: string, roles: readonly Role[]): UnitEntry {
    const unit = this.directory.current.unit(id);
    if (!unit) throw new DomainError('not-found', 'There is no such thing in your estates.');
    assertEstate(by, unit.estate, ...roles);
    return unit;
  }
}
