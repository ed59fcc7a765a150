import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { AlarmPathTests } from '../../workflow/afterwards/alarm-path-tests.js';
import { DRILL_EVENTS, Drills } from '../../workflow/afterwards/drills.js';
import { ReadViews } from '../read-views.js';
import { STAFF, TaskReads } from '../task-reads.js';
import type { AlarmPathView, DrillView } from '../task-views.js';
import type { Role, TicketDetail } from '../views.js';
import { ESTATE, ESTATE_QUERY, TEXT, type EstateQuery } from './estate-query.js';

const DRILL = z.object({
  estate: ESTATE,
  device: ESTATE,
  event: z.enum(DRILL_EVENTS).default('elevator.entrapment-between-floors'),
  note: TEXT.optional(),
});
const TESTERS: Role[] = ['control-room', 'supervisor', 'engineer', 'project-manager'];
const LEADS: Role[] = ['control-room', 'supervisor', 'project-manager'];

/** Alarm-path tests (EN 81-28) and drills. */
@Allow()
@Controller('api/v1')
export class LiftSafetyController {
  constructor(
    private readonly reads: TaskReads,
    private readonly tickets: ReadViews,
    private readonly paths: AlarmPathTests,
    private readonly drillsService: Drills,
    private readonly directory: DirectoryHolder,
  ) {}

  @Get('alarm-paths')
  @ApiAnswer(200, 'The alarm path of each lift: when it was proved, when it must be again.', '{items: AlarmPathView[]}')
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(ESTATE_QUERY) q: EstateQuery,
  ): Promise<{ items: AlarmPathView[] }> {
    return { items: await this.reads.alarmPaths(by, q.estate) };
  }

  @Post('devices/:id/alarm-path-test')
  @HttpCode(202)
  @Allow(...TESTERS)
  @ApiAnswer(202, 'Asked for: the lift sends a marked press, or a person is asked to press.', 'AlarmPathView')
  @ApiAnswer(409, 'No alarm button at work, a test runs, or a call for help is open there.')
  async test(@CurrentPrincipal() by: Principal, @Param('id', new ZodPipe(ESTATE)) id: string): Promise<AlarmPathView> {
    const device = this.directory.current.device(id);
    if (!device) throw new DomainError('not-found', 'There is no such thing in your estates.');
    assertEstate(by, device.estate, ...TESTERS);
    await this.paths.ask(device, by);
    const path = (await this.reads.alarmPaths(by, device.estate)).find((p) => p.device === id);
    if (!path) throw new DomainError('conflict', 'This lift is not watched for its alarm path yet.');
    return path;
  }

  @Get('drills')
  @Allow(...STAFF)
  @ApiAnswer(200, 'Drills of the last three years with their times, apart from what is real.', '{items: DrillView[]}')
  async drills(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(ESTATE_QUERY) q: EstateQuery,
  ): Promise<{ items: DrillView[] }> {
    return { items: await this.reads.drills(by, q.estate) };
  }

  @Post('drills')
  @Allow(...LEADS)
  @ApiAnswer(201, 'A drill has begun: real pages, marked as a drill wherever they are shown.', 'TicketDetail')
  @ApiAnswer(409, 'A drill is running there.')
  async drill(@CurrentPrincipal() by: Principal, @ZodBody(DRILL) q: z.output<typeof DRILL>): Promise<TicketDetail> {
    assertEstate(by, q.estate, ...LEADS);
    const { event, device, note } = q;
    const id = await this.drillsService.start(q.estate, by, { event, device, ...(note ? { note } : {}) });
    return this.tickets.ticket(by, id);
  }
}
