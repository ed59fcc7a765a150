import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { ROLES } from '../../estate/role.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { RosterCommands } from '../../workflow/roster/roster-commands.js';
import { SwapCommands } from '../../workflow/roster/swap-commands.js';
import { leaveView, overrideView, RosterReads, rotationView, swapView } from '../roster-reads.js';
import type {
  CoverageView,
  LeaveView,
  OnDutyView,
  RosterOverrideView,
  RosterView,
  RotationView,
  SwapView,
} from '../roster-views.js';
import type { Role } from '../views.js';
import { UUID } from './list-query.js';

const NAME = z.string().min(1).max(128);
const TIME = z.iso.datetime({ offset: true }).transform((t) => Date.parse(t));
const REASON = z.string().trim().min(1).max(500);
const DUTY = z.enum(['primary', 'backup']);
const POST = { zone: NAME.nullable().default(null), role: z.enum(ROLES), duty: DUTY.default('primary') };
const SPAN = { from: TIME, until: TIME };

const ROTATION = z.strictObject({
  ...POST,
  people: z.array(NAME).min(1).max(100).meta({ description: 'Who takes turns, in this order.' }),
  period: z.enum(['daily', 'weekly']),
  startsOn: z.iso.date().meta({ description: 'The local day of the first hand-over.' }),
  handover: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time from 00:00 to 23:59'),
  endsOn: z.iso.date().nullable().default(null),
  replacesLines: z.boolean().default(false),
});
const OVERRIDE = z.strictObject({
  ...POST,
  ...SPAN,
  person: NAME,
  insteadOf: NAME.nullable().default(null),
  reason: REASON,
});
const LEAVE = z.strictObject({ ...SPAN, person: NAME.optional(), reason: REASON });
const PART = z.strictObject({ ...SPAN, zone: NAME.nullable().default(null), duty: DUTY.default('primary') });
const SWAP = z.strictObject({
  askedOf: NAME,
  role: z.enum(ROLES),
  give: PART,
  take: PART.nullable().default(null),
  note: z.string().trim().max(500).default(''),
  expiresAt: TIME.optional(),
});
const ANSWER = z.enum(['accept', 'refuse', 'withdraw']);
const ON_DUTY = z
  .object({
    ...{ role: z.enum(ROLES), duty: z.enum(['primary', 'backup', 'any']).default('any'), at: TIME.optional() },
    ...{ zone: NAME.optional(), unit: NAME.optional(), device: NAME.optional() },
  })
  .refine((q) => [q.zone, q.unit, q.device].filter((x) => x !== undefined).length <= 1, {
    message: 'ask for one of zone, unit and device',
  });
const DAYS = z.object({ days: z.coerce.number().int().min(1).max(92).default(14) });
const ID = new ZodPipe(UUID);

const STAFF: Role[] = ['control-room', 'butler', 'security', 'engineer', 'supervisor', 'project-manager'];
const EDITORS: Role[] = ['supervisor', 'project-manager'];

/** Who is on duty, who will be, and who changes it. */
@Allow()
@Controller('api/v1/estates/:estate')
export class RosterController {
  constructor(
    private readonly reads: RosterReads,
    private readonly commands: RosterCommands,
    private readonly swaps: SwapCommands,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('roster')
  @ApiAnswer(200, 'Weekly lines, rotations, overrides, leave and swaps.', 'RosterView')
  roster(@CurrentPrincipal() by: Principal, @Param('estate') estate: string): Promise<RosterView> {
    assertEstate(by, estate);
    return this.reads.roster(estate, by);
  }

  @Get('on-duty')
  @Allow(...STAFF)
  @ApiAnswer(200, 'Who is on for a place at an instant (default now), nearest first, and why.', 'OnDutyView')
  @ApiAnswer(404, 'No such zone, unit or device in the estate.')
  onDuty(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodQuery(ON_DUTY) q: z.output<typeof ON_DUTY>,
  ): OnDutyView {
    assertEstate(by, estate, ...STAFF);
    return this.reads.onDuty(estate, q);
  }

  @Get('roster/coverage')
  @Allow(...STAFF)
  @ApiAnswer(200, 'Hours without a primary, and people booked twice, in the coming days.', 'CoverageView')
  coverage(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodQuery(DAYS) q: z.output<typeof DAYS>,
  ): CoverageView {
    assertEstate(by, estate, ...STAFF);
    return this.reads.coverage(estate, q.days);
  }

  @Post('roster/rotations')
  @Allow(...EDITORS)
  @ApiAnswer(201, 'People who take turns, in force.', 'RotationView')
  @ApiAnswer(400, 'Unknown people or zone, or another plan fills the post: `problems` names the line.')
  async addRotation(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodBody(ROTATION) q: z.output<typeof ROTATION>,
  ): Promise<RotationView> {
    assertEstate(by, estate, ...EDITORS);
    return rotationView(await this.commands.addRotation(estate, by, q));
  }

  @Delete('roster/rotations/:id')
  @Allow(...EDITORS)
  @HttpCode(204)
  @ApiAnswer(204, 'The rotation is gone; weekly lines that rested are in force again.')
  removeRotation(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @Param('id', ID) id: string,
  ): Promise<void> {
    assertEstate(by, estate, ...EDITORS);
    return this.commands.removeRotation(estate, by, id);
  }

  @Post('roster/overrides')
  @Allow(...EDITORS)
  @ApiAnswer(201, 'This person stands in, from–until.', 'RosterOverrideView')
  @ApiAnswer(400, 'Unknown people or zone, wrong times, away then, or another override: `problems` names it.')
  async addOverride(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodBody(OVERRIDE) q: z.output<typeof OVERRIDE>,
  ): Promise<RosterOverrideView> {
    assertEstate(by, estate, ...EDITORS);
    return overrideView(await this.commands.addOverride(estate, by, q));
  }

  @Delete('roster/overrides/:id')
  @Allow(...EDITORS)
  @HttpCode(204)
  @ApiAnswer(204, 'The plan is in force again.')
  removeOverride(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @Param('id', ID) id: string,
  ): Promise<void> {
    assertEstate(by, estate, ...EDITORS);
    return this.commands.removeOverride(estate, by, id);
  }

  @Post('roster/leaves')
  @ApiAnswer(201, 'Away from–until: one’s own, or (supervisors, project managers) of `person`.', 'LeaveView')
  @ApiAnswer(400, 'Wrong times, away already, or unknown: `problems` names it.')
  async addLeave(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodBody(LEAVE) q: z.output<typeof LEAVE>,
  ): Promise<LeaveView> {
    assertEstate(by, estate);
    return leaveView(await this.commands.addLeave(estate, by, { ...q, person: q.person ?? by.username }), by);
  }

  @Delete('roster/leaves/:id')
  @HttpCode(204)
  @ApiAnswer(204, 'Is not away after all.')
  removeLeave(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @Param('id', ID) id: string,
  ): Promise<void> {
    assertEstate(by, estate);
    return this.commands.removeLeave(estate, by, id);
  }

  @Post('roster/swaps')
  @ApiAnswer(201, 'Asked; in force when the other accepts.', 'SwapView')
  @ApiAnswer(400, 'Not one’s own duty, wrong times, or unknown: `problems` names it.')
  async askSwap(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @ZodBody(SWAP) q: z.output<typeof SWAP>,
  ): Promise<SwapView> {
    assertEstate(by, estate);
    return swapView(await this.swaps.ask(estate, by, { ...q, expiresAt: q.expiresAt ?? null }), this.clock.now());
  }

  @Post('roster/swaps/:id/:answer')
  @HttpCode(200)
  @ApiAnswer(200, '`accept` or `refuse` by who was asked, `withdraw` by who asked.', 'SwapView')
  @ApiAnswer(409, 'Answered, withdrawn or expired already.')
  async answerSwap(
    @CurrentPrincipal() by: Principal,
    @Param('estate') estate: string,
    @Param('id', ID) id: string,
    @Param('answer', new ZodPipe(ANSWER)) answer: z.output<typeof ANSWER>,
  ): Promise<SwapView> {
    assertEstate(by, estate);
    return swapView(await this.swaps.answer(estate, id, by, answer), this.clock.now());
  }
}
