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
import { ROLES } from '../../estate/role.js';
import { EstateTransactions } from '../../platform/estate-transaction.js';
import { FOLLOW_UP_KINDS } from '../../tickets/follow-up-rules.js';
import { FollowUps } from '../../workflow/afterwards/follow-ups.js';
import { ReadViews } from '../read-views.js';
import { STAFF, TaskReads } from '../task-reads.js';
import type { FollowUpView } from '../task-views.js';
import { ESTATE, TEXT } from './estate-query.js';
import { UUID } from './list-query.js';
import { cursorOf, MOST_ITEMS, PAGE_QUERY, pageOf, readCursor, TIME_AND_ID } from './paging.js';

const QUERY = z.object({
  estate: ESTATE,
  state: z.enum(['open', 'overdue', 'waiting', 'done', 'skipped', 'all']).optional(),
  kind: z.enum(FOLLOW_UP_KINDS).optional(),
  ticket: UUID.optional(),
  assignee: z.string().min(1).max(128).optional(),
  ...PAGE_QUERY.shape,
});
const TIME = z.iso.datetime({ offset: true });
const NEW = z.object({
  estate: ESTATE,
  kind: z.enum(['visit', 'urgent-repair', 'first-rain', 'paid-repair', 'complaint', 're-inspection', 'other']),
  ticketId: UUID.optional(),
  /** Without a ticket: the place. */
  subject: z
    .object({ type: z.enum(['device', 'unit', 'riser', 'building', 'estate']), id: z.string().min(1).max(128) })
    .optional(),
  title: TEXT.max(200).optional(),
  note: TEXT.optional(),
  role: z.enum(ROLES).optional(),
  assignee: z.string().min(1).max(128).optional(),
  dueAt: TIME.optional(),
});
const DONE = z.object({ outcome: TEXT, satisfaction: z.int().min(1).max(5).optional() });
const SKIP = z.object({ reason: TEXT });
const ASSIGN = z.object({
  assignee: z.string().min(1).max(128).nullable().optional(),
  role: z.enum(ROLES).optional(),
  dueAt: TIME.optional(),
  note: TEXT.optional(),
});
const ID = new ZodPipe(UUID);

@Allow()
@Controller('api/v1/follow-ups')
export class FollowUpsController {
  constructor(
    private readonly reads: TaskReads,
    private readonly tickets: ReadViews,
    private readonly followUps: FollowUps,
    private readonly directory: DirectoryHolder,
    private readonly transactions: EstateTransactions,
  ) {}

  @Get()
  @ApiAnswer(
    200,
    'Follow-ups of an estate, those due first; contractors see their own.',
    '{items: FollowUpView[], next: string | null}',
  )
  async list(
    @CurrentPrincipal() by: Principal,
    @ZodQuery(QUERY) q: z.output<typeof QUERY>,
  ): Promise<{ items: FollowUpView[]; next: string | null }> {
    const { after: told, limit = MOST_ITEMS, ...filter } = q;
    const cursor = readCursor(told, TIME_AND_ID);
    const after = cursor && { sortedBy: new Date(cursor[0]), id: cursor[1] };
    const found = await this.reads.followUps(by, { ...filter, after, limit: limit + 1 });
    const page = pageOf(found, limit, (f) => cursorOf(Date.parse(f.dueAt ?? f.createdAt), f.id));
    return { items: page.rows, next: page.next };
  }

  @Get(':id')
  @ApiAnswer(200, 'One follow-up.', 'FollowUpView')
  @ApiAnswer(404, 'No such follow-up in scope.')
  one(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): Promise<FollowUpView> {
    return this.reads.followUp(by, id);
  }

  @Post()
  @Allow(...STAFF)
  @ApiAnswer(201, 'A follow-up by hand, on a ticket or a place; what is left out follows its kind.', 'FollowUpView')
  async make(@CurrentPrincipal() by: Principal, @ZodBody(NEW) q: z.output<typeof NEW>): Promise<FollowUpView> {
    assertEstate(by, q.estate, ...STAFF);
    const subject = await this.subjectOf(by, q);
    const person = q.assignee === undefined ? undefined : this.directory.current.person(q.assignee);
    if (q.assignee !== undefined && !person?.roles.some((r) => r.estate === q.estate))
      throw new DomainError('invalid', `${q.assignee} does not work in this estate.`, { assignee: q.assignee });
    const made = await this.transactions.run(q.estate, (tx) =>
      this.followUps.make(tx, {
        ...{ kind: q.kind, subject, ticketId: q.ticketId ?? null, by: by.username, because: 'made by hand' },
        ...(q.title ? { title: { zh: q.title, en: q.title } } : {}),
        ...{ note: q.note ?? null, assignee: q.assignee ?? null },
        ...(q.role ? { role: q.role } : {}),
        ...(q.dueAt ? { dueAt: Date.parse(q.dueAt) } : {}),
      }),
    );
    if (!made) throw new DomainError('conflict', 'There is one already.', { reason: 'there is one already' });
    return this.reads.followUp(by, made.id);
  }

  @Post(':id/done')
  @HttpCode(200)
  @ApiAnswer(200, 'Done: how it went, and how satisfied people are (1 to 5).', 'FollowUpView')
  @ApiAnswer(409, 'It is over, or what it asks for has not happened (`reason`).')
  done(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(DONE) q: z.output<typeof DONE>,
  ): Promise<FollowUpView> {
    const { outcome, satisfaction } = q;
    return this.change(by, id, (estate) =>
      this.followUps.end(estate, id, by, { state: 'done', outcome, ...(satisfaction ? { satisfaction } : {}) }),
    );
  }

  @Post(':id/skip')
  @HttpCode(200)
  @ApiAnswer(200, 'Left out, with the reason.', 'FollowUpView')
  @ApiAnswer(409, 'It is over already.')
  skip(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(SKIP) q: z.output<typeof SKIP>,
  ): Promise<FollowUpView> {
    return this.change(by, id, (estate) => this.followUps.end(estate, id, by, { state: 'skipped', reason: q.reason }));
  }

  @Post(':id/assign')
  @HttpCode(200)
  @Allow('control-room', 'supervisor', 'project-manager')
  @ApiAnswer(200, 'Another person, role, time or note.', 'FollowUpView')
  @ApiAnswer(409, 'It is over already.')
  assign(
    @CurrentPrincipal() by: Principal,
    @Param('id', ID) id: string,
    @ZodBody(ASSIGN) q: z.output<typeof ASSIGN>,
  ): Promise<FollowUpView> {
    const { assignee, role, dueAt, note } = q;
    return this.change(by, id, (estate) => {
      assertEstate(by, estate, 'control-room', 'supervisor', 'project-manager');
      return this.followUps.assign(estate, id, by, {
        ...(assignee === undefined ? {} : { assignee }),
        ...(role ? { role } : {}),
        ...(dueAt ? { dueAt: Date.parse(dueAt) } : {}),
        ...(note ? { note } : {}),
      });
    });
  }

  private async change(by: Principal, id: string, work: (estate: string) => Promise<void>): Promise<FollowUpView> {
    await work((await this.reads.followUp(by, id)).estate);
    return this.reads.followUp(by, id);
  }

  private async subjectOf(
    by: Principal,
    q: z.output<typeof NEW>,
  ): Promise<NonNullable<z.output<typeof NEW>['subject']>> {
    if (q.ticketId) {
      const ticket = await this.tickets.ticket(by, q.ticketId);
      if (ticket.estate !== q.estate) throw new DomainError('not-found', 'There is no such ticket in this estate.');
      if (ticket.unit) return { type: 'unit', id: ticket.unit };
      if (ticket.device) return { type: 'device', id: ticket.device };
      if (ticket.building) return { type: 'building', id: ticket.building };
      return { type: 'estate', id: q.estate };
    }
    const subject = q.subject ?? { type: 'estate' as const, id: q.estate };
    if (this.directory.current.estateOf(subject) !== q.estate)
      throw new DomainError('invalid', 'There is no such place in this estate.', { subject });
    return subject;
  }
}
