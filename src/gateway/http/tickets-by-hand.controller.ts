import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import type { Principal } from '../../access/principal.js';
import { EVENTS, eventDefinition, type EventName } from '../../kernel/events.js';
import { CALL_KINDS, callKind, priorityRange, whereabouts } from '../../tickets/call-kinds.js';
import { CallOpening } from '../../workflow/by-hand/call-opening.js';
import { SlotAssignment } from '../../workflow/by-hand/slot-assignment.js';
import { TicketNotes } from '../../workflow/by-hand/ticket-notes.js';
import { TicketRegrouping } from '../../workflow/by-hand/ticket-regrouping.js';
import type { CallKindView, OpenedByCall } from '../by-hand-views.js';
import { ReadViews } from '../read-views.js';
import type { Role, TicketDetail } from '../views.js';
import { UUID } from './list-query.js';

const ID_TEXT = z.string().min(1).max(128);
const REASON = z.string().trim().min(1).max(500);
const SLOT = z.enum(['responder', 'rescuer', 'coordinator']);
const EVENT = z
  .string()
  .max(128)
  .refine((e): e is EventName => Object.hasOwn(EVENTS, e) || /^generic\.[\w.-]+$/.test(e), 'no such event')
  .meta({ description: 'An event of the catalogue, or `generic.<key>` of a device’s own rules.' });
const CALL = z
  .object({
    estate: ID_TEXT,
    place: z.object({ type: z.enum(['device', 'unit', 'riser', 'building', 'zone', 'estate']), id: ID_TEXT }),
    event: EVENT.optional(),
    kind: z
      .string()
      .refine((k) => callKind(k) !== undefined, 'no such kind of call')
      .optional()
      .meta({ description: 'What callers say: see `GET /api/v1/call-kinds`.' }),
    priority: z.enum(['P1', 'P2', 'P3']).optional().meta({ description: 'One that the catalogue gives the event.' }),
    caller: z
      .object({
        name: z.string().trim().min(1).max(100).optional(),
        phone: z
          .string()
          .trim()
          .regex(/^[\d+()\- ]{3,30}$/, 'not a telephone number')
          .optional(),
        unit: ID_TEXT.optional(),
      })
      .default({}),
    said: z
      .string()
      .trim()
      .max(4000)
      .default('')
      .meta({ description: 'In the caller’s words. With people in danger it may follow as a note.' }),
    reportedAt: z.iso.datetime({ offset: true }).optional().meta({ description: 'When it was told first; now.' }),
    idempotencyKey: z.string().min(8).max(128).meta({ description: 'The same call sent twice is one call.' }),
  })
  .refine((c) => (c.event === undefined) !== (c.kind === undefined), 'give either an event or a kind of call');
const MERGE = z.object({ into: UUID, reason: REASON });
const SPLIT = z.object({ alarmIds: z.array(UUID).min(1).max(100), reason: REASON });
const REASSIGN = z.object({ slot: SLOT, to: ID_TEXT, reason: REASON });
const PERSON = z.object({ slot: SLOT, person: ID_TEXT, reason: REASON.optional() });
const NOTE = z.object({ text: z.string().trim().min(1).max(4000) });
const ID = new ZodPipe(UUID);

/** Who takes calls, and who regroups tickets and sends people. */
const OPENERS: Role[] = ['control-room', 'supervisor', 'butler', 'security'];
const DESK: Role[] = ['control-room', 'supervisor'];

/** Tickets by hand and by telephone. Stands before the tickets' own controller, whose `:id/:move` would take its routes. */
@Allow()
@Controller('api/v1')
export class TicketsByHandController {
  constructor(
    private readonly reads: ReadViews,
    private readonly calls: CallOpening,
    private readonly regrouping: TicketRegrouping,
    private readonly slots: SlotAssignment,
    private readonly notes: TicketNotes,
  ) {}

  @Get('call-kinds')
  @ApiAnswer(200, 'What callers say, with the events that it becomes.', '{items: CallKindView[]}')
  kinds(): { items: CallKindView[] } {
    return {
      items: CALL_KINDS.map(({ id, words, events: [event] }) => {
        const { kinds, places } = whereabouts(event);
        return {
          ...{ id, words, event, priorities: priorityRange(event, eventDefinition(event).priority) },
          ...{ places: [...places], deviceKinds: [...kinds] },
        };
      }),
    };
  }

  @Post('tickets')
  @Allow(...OPENERS)
  @ApiAnswer(201, 'The ticket that the call opened, or joined (`joined`).', 'OpenedByCall')
  @ApiAnswer(404, 'No such place in scope.')
  @ApiAnswer(409, 'The idempotency key was used for another call.')
  async open(@CurrentPrincipal() by: Principal, @ZodBody(CALL) q: z.output<typeof CALL>): Promise<OpenedByCall> {
    assertEstate(by, q.estate, ...OPENERS);
    const outcome = await this.calls.open(by, q);
    const { no } = await this.reads.ticket(by, outcome.ticketId);
    return { ...outcome, no };
  }

  @Post('tickets/:id/merge')
  @HttpCode(200)
  @Allow(...DESK)
  @ApiAnswer(200, 'The ticket that went up in the other one.', 'TicketDetail')
  @ApiAnswer(409, 'Not possible (`reason`); a P1 never goes up in another ticket.')
  async merge(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(MERGE) q: z.output<typeof MERGE>,
  ): Promise<TicketDetail> {
    const estate = await this.estate(by, id, DESK);
    await this.regrouping.merge(estate, id, q.into, by, q.reason);
    return this.reads.ticket(by, id);
  }

  @Post('tickets/:id/split')
  @Allow(...DESK)
  @ApiAnswer(201, 'The new ticket, which pages.', 'TicketDetail')
  @ApiAnswer(409, 'Not possible (`reason`).')
  async split(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(SPLIT) q: z.output<typeof SPLIT>,
  ): Promise<TicketDetail> {
    const estate = await this.estate(by, id, DESK);
    return this.reads.ticket(by, await this.regrouping.split(estate, id, q.alarmIds, by, q.reason));
  }

  @Post('tickets/:id/reassign')
  @HttpCode(200)
  @Allow(...DESK)
  @ApiAnswer(200, 'The holder is let go, the other one paged.', 'TicketDetail')
  @ApiAnswer(409, 'Nobody holds this slot (`reason`).')
  async reassign(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(REASSIGN) q: z.output<typeof REASSIGN>,
  ): Promise<TicketDetail> {
    const estate = await this.estate(by, id, DESK);
    await this.slots.reassign(estate, id, by, q);
    return this.reads.ticket(by, id);
  }

  @Post('tickets/:id/people')
  @HttpCode(200)
  @Allow(...DESK)
  @ApiAnswer(200, 'One more is paged for a slot that is still empty.', 'TicketDetail')
  @ApiAnswer(409, 'The slot is taken (`holder`), or the person was asked (`reason`).')
  async addPerson(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(PERSON) q: z.output<typeof PERSON>,
  ): Promise<TicketDetail> {
    const estate = await this.estate(by, id, DESK);
    await this.slots.addPerson(estate, id, by, q);
    return this.reads.ticket(by, id);
  }

  @Post('tickets/:id/notes')
  @ApiAnswer(201, 'The ticket with the note. Notes are never changed.', 'TicketDetail')
  @ApiAnswer(404, 'No such ticket in scope.')
  async note(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTE) q: z.output<typeof NOTE>,
  ): Promise<TicketDetail> {
    await this.notes.add(await this.reads.ticketEstate(by, id), id, by, q.text);
    return this.reads.ticket(by, id);
  }

  private async estate(by: Principal, id: string, roles: Role[]): Promise<string> {
    const estate = await this.reads.ticketEstate(by, id);
    assertEstate(by, estate, ...roles);
    return estate;
  }
}
