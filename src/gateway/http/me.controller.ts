import { Controller, Get, Inject } from '@nestjs/common';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { estatesOf, type Principal } from '../../access/principal.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { onDuty } from '../../paging/roster.js';
import { DeviceReads } from '../device-reads.js';
import type { EstateView, MeView } from '../views.js';

@Allow()
@Controller('api/v1')
export class MeController {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly devices: DeviceReads,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('me')
  @ApiAnswer(200, 'Who is signed in, with roles and whether on duty now.', 'MeView')
  me(@CurrentPrincipal() by: Principal): MeView {
    const directory = this.directory.current;
    const at = this.clock.now();
    return {
      username: by.username,
      name: by.names,
      roles: by.roles.map((r) => ({ ...r })),
      estates: estatesOf(by).map((id) => ({ id, name: directory.estate(id)?.names ?? { zh: id, en: id } })),
      onDuty: by.roles.some(({ estate, role }) => {
        const timezone = directory.estate(estate)?.timezone ?? 'UTC';
        const zones = directory.zonesOf({ building: null, unit: null, estate });
        const serving = onDuty(directory.roster(estate), { estate, zones, role, duty: 'any', at, timezone });
        return serving.some((d) => d.person === by.username);
      }),
    };
  }

  @Get('estates')
  @ApiAnswer(200, 'Estates in scope with buildings, risers and units.', '{items: EstateView[]}')
  estates(@CurrentPrincipal() by: Principal): { items: EstateView[] } {
    return { items: this.devices.estates(by) };
  }
}
