import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe, ZodQuery } from '../../access/http/zod-body.pipe.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Principal } from '../../access/principal.js';
import { TICKET_MOVES, type TicketMove } from '../../tickets/ticket-moves.js';
import { TicketCommands } from '../../workflow/ticket-commands.js';
import { LocalisationReads } from '../localisation-reads.js';
import { ReadViews } from '../read-views.js';
import type { ListOf, LocalisationView, StepView, TicketDetail, TicketView } from '../views.js';
import { LIST_QUERY, UUID, type ListQuery } from './list-query.js';

const COMMAND = z.object({
  slot: z.enum(['responder', 'rescuer', 'coordinator']).optional(),
  reason: z.string().max(1000).optional(),
  note: z.string().max(4000).optional(),
  onBehalfOf: z.string().min(1).max(128).optional(),
  dueAt: z.iso.datetime({ offset: true }).optional(),
});
type Command = z.output<typeof COMMAND>;
const NOTE = z.object({
  note: z.string().max(4000).optional(),
  /** Told on the telephone; only the control room and the supervisor may write it down. */
  onBehalfOf: z.string().min(1).max(128).optional(),
});
const MOVE = z.enum(['accept', 'decline', ...TICKET_MOVES]);
const STEP_NO = z.coerce.number().int().min(1).max(1000);
const STEP_ACTION = z.enum(['done', 'skip', 'reopen']);
const ID = new ZodPipe(UUID);

@Allow()
@Controller('api/v1/tickets')
export class TicketsController {
  constructor(
    private readonly reads: ReadViews,
    private readonly commands: TicketCommands,
    private readonly localisations: LocalisationReads,
  ) {}

  @Get()
  @ApiAnswer(200, 'Tickets in scope, newest first.', 'ListOf<TicketView>')
  list(@CurrentPrincipal() by: Principal, @ZodQuery(LIST_QUERY) q: ListQuery): Promise<ListOf<TicketView>> {
    return this.reads.tickets(by, q.estate, q.state, q);
  }

  @Get(':id')
  @ApiAnswer(200, 'The ticket with its steps, pages and journal.', 'TicketDetail')
  @ApiAnswer(404, 'No such ticket in scope.')
  one(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<TicketDetail> {
    return this.reads.ticket(by, id);
  }

  @Get(':id/localisation')
  @ApiAnswer(200, 'Where the water may come from, most suspect first.', 'LocalisationView')
  @ApiAnswer(409, 'It is not about water.')
  localisation(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<LocalisationView> {
    return this.localisations.of(by, id);
  }

  @Post(':id/reassurance')
  @HttpCode(200)
  @ApiAnswer(200, 'A contact with the trapped people, logged.', 'TicketDetail')
  @ApiAnswer(409, 'Nobody is trapped there any more.')
  async reassure(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(NOTE) q: z.output<typeof NOTE>,
  ): Promise<TicketDetail> {
    const estate = await this.reads.ticketEstate(by, id);
    await this.commands.reassure(estate, id, by, q.note, q.onBehalfOf);
    return this.reads.ticket(by, id);
  }

  @Post(':id/steps/:no/:action')
  @HttpCode(200)
  @ApiAnswer(200, '`done`, `skip` (a required step needs a note) or `reopen` (takes back a slip).', 'StepView')
  @ApiAnswer(409, 'Not possible as the step is.')
  async step(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @Param('no', new ZodPipe(STEP_NO)) no: number,
    @Param('action', new ZodPipe(STEP_ACTION)) action: z.output<typeof STEP_ACTION>,
    @ZodBody(NOTE) q: z.output<typeof NOTE>,
  ): Promise<StepView> {
    const estate = await this.reads.ticketEstate(by, id);
    await this.commands.step(estate, id, no, action, by, q.note, q.onBehalfOf);
    const step = (await this.reads.ticket(by, id)).steps.find((s) => s.no === no);
    if (!step) throw new DomainError('not-found', `This ticket has no step ${no}.`);
    return step;
  }

  @Post(':id/:move')
  @HttpCode(200)
  @ApiAnswer(200, 'The ticket after the move.', 'TicketDetail')
  @ApiAnswer(409, 'Not possible: taken (`holder`, `holderName`), or not from this state (`reason`).')
  async move(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @Param('move', new ZodPipe(MOVE)) move: 'accept' | 'decline' | TicketMove,
    @ZodBody(COMMAND) q: Command,
  ): Promise<TicketDetail> {
    const estate = await this.reads.ticketEstate(by, id);
    if (move === 'accept') await this.commands.accept(estate, id, by, q);
    else if (move === 'decline') await this.commands.decline(estate, id, by, q);
    else await this.commands.move(estate, id, move, by, q);
    return this.reads.ticket(by, id);
  }
}
