import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodQuery } from '../../access/http/zod-body.pipe.js';
import { estatesOf, hasRole, type Principal } from '../../access/principal.js';
import { PlaceSearch } from '../../estate/place-search.js';
import type { PlaceHitView } from '../by-hand-views.js';
import type { Role } from '../views.js';

const QUERY = z.object({
  q: z.string().trim().min(1).max(64).meta({ description: 'Chinese, pinyin or its initials, a unit’s number, an id.' }),
  estate: z.string().min(1).max(128).optional(),
});
/** A contractor knows his job alone. */
const STAFF: Role[] = ['control-room', 'supervisor', 'project-manager', 'butler', 'security', 'engineer'];

@Allow(...STAFF)
@Controller('api/v1/places')
export class PlacesController {
  constructor(private readonly places: PlaceSearch) {}

  @Get()
  @ApiAnswer(200, 'Places, devices and people that are meant, likeliest first, at most 20.', '{items: PlaceHitView[]}')
  async search(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(QUERY) { q, estate }: z.output<typeof QUERY>,
  ): Promise<{ items: PlaceHitView[] }> {
    if (estate !== undefined) assertEstate(by, estate, ...STAFF);
    const estates = estate === undefined ? estatesOf(by).filter((e) => hasRole(by, e, ...STAFF)) : [estate];
    return { items: await this.places.search(q, estates) };
  }
}
