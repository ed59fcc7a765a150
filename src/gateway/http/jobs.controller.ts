import { Controller, Get, Header, HttpCode, HttpException, Inject, Ip, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { AuditService } from '../../access/audit.service.js';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow, Public } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import { LoginThrottle } from '../../access/login-throttle.js';
import type { Principal } from '../../access/principal.js';
import { CLOCK, type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { JobLinks, type Job } from '../../workflow/job-links.js';
import { TicketCommands } from '../../workflow/ticket-commands.js';
import { JobReads } from '../job-reads.js';
import type { JobView } from '../job-views.js';
import { ReadViews } from '../read-views.js';
import type { Role } from '../views.js';
import { UUID } from './list-query.js';

const ACTION = z.enum(['accept', 'decline', 'en-route', 'on-site', 'rescued']);
const BODY = z.strictObject({ reason: z.string().trim().max(500).optional() });
const HANDERS_ON: Role[] = ['control-room', 'supervisor', 'project-manager'];
/** A guess is wrong for whatever page it names, so guesses are counted by where they come from. */
const GONE = {
  expired: 'This link has expired.',
  over: 'This job is over.',
  taken: 'Somebody else has taken this job.',
} as const;

/** One job for somebody without an account: the signed link is all there is to show. */
@Controller('api/v1')
export class JobsController {
  private readonly throttle = new LoginThrottle();

  constructor(
    private readonly links: JobLinks,
    private readonly jobs: JobReads,
    private readonly commands: TicketCommands,
    private readonly reads: ReadViews,
    @Inject(AuditService) private readonly audit: Pick<AuditService, 'record'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('jobs/:token')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiAnswer(200, 'The job: place, event, access, clocks, what may be reported now.', 'JobView')
  @ApiAnswer(404, 'Not a link of this service.')
  @ApiAnswer(410, 'A genuine link whose job is over, taken by somebody else, or older than a day (`reason`).')
  @ApiAnswer(429, 'Too many wrong links from there: wait `retryAfterS` seconds.')
  async look(@Param('token') token: string, @Ip() ip: string): Promise<JobView> {
    const job = await this.open(token, ip, 'job.looked');
    return this.jobs.view(job);
  }

  @Post('jobs/:token/:action')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiAnswer(200, 'The job after that.', 'JobView')
  @ApiAnswer(404, 'Not a link of this service.')
  @ApiAnswer(409, 'Not possible as the job is.')
  @ApiAnswer(410, 'Over, taken, or older than a day (`reason`); after `rescued` and `decline` that is the answer.')
  async act(
    @Param('token') token: string,
    @Param('action', new ZodPipe(ACTION)) action: z.output<typeof ACTION>,
    @ZodBody(BODY) q: z.output<typeof BODY>,
    @Ip() ip: string,
  ): Promise<JobView> {
    const { page, person } = await this.open(token, ip, `job.${action}`);
    const at = [page.estate_id, page.ticket_id] as const;
    const reason = q.reason ? { reason: q.reason } : {};
    if (action === 'accept') await this.commands.accept(...at, person, { slot: page.slot });
    else if (action === 'decline') await this.commands.decline(...at, person, { slot: page.slot, ...reason });
    else await this.commands.move(...at, action, person, { slot: page.slot });
    const after = await this.links.open(token);
    if (after?.kind !== 'job') throw gone(after?.kind ?? 'over');
    return this.jobs.view(after.job);
  }

  @Get('tickets/:id/pages/:page/job-link')
  @Allow(...HANDERS_ON)
  @Header('cache-control', 'no-store')
  @ApiAnswer(200, 'The link of a contractor’s page, to be handed on to that person alone.', { path: 'string' })
  @ApiAnswer(404, 'No such page, or not one of a contractor.')
  async link(
    @CurrentPrincipal() by: Principal,
    @Param('id', new ZodPipe(UUID)) id: string,
    @Param('page', new ZodPipe(UUID)) pageId: string,
  ): Promise<{ path: string }> {
    const estate = await this.reads.ticketEstate(by, id);
    assertEstate(by, estate, ...HANDERS_ON);
    const page = await this.jobs.page(id, pageId);
    const path = page && this.links.pathOf(page);
    if (!page || !path) throw new DomainError('not-found', 'There is no link for this page.');
    const details = { ticket: id, person: page.person };
    await this.audit.record({ actor: by.username, action: 'job.link-handed-on', target: pageId, details });
    return { path };
  }

  /** Looks first and counts then: somebody else's wrong links must never keep a contractor from his job. */
  private async open(token: string, ip: string, action: string): Promise<Job> {
    const link = await this.links.open(token);
    if (!link) {
      const now = this.clock.now();
      const waitMs = this.throttle.waitMs(ip, now);
      if (waitMs > 0) {
        const retryAfterS = Math.ceil(waitMs / 1000);
        const message = `Too many wrong links from there. Try again in ${retryAfterS} s.`;
        throw new HttpException({ statusCode: 429, code: 'too-many-requests', message, retryAfterS }, 429);
      }
      if (this.throttle.failed(ip, now))
        await this.audit.record({ actor: null, action: 'job.refused', details: { ip } });
      throw new DomainError('not-found', 'This is not a link of this service.');
    }
    const { page } = link.job;
    const details = { ip, ticket: page.ticket_id, ...(link.kind === 'job' ? {} : { shown: link.kind }) };
    await this.audit.record({ actor: page.person, action, target: page.id, details });
    if (link.kind !== 'job') throw gone(link.kind);
    return link.job;
  }
}

const gone = (reason: keyof typeof GONE): HttpException =>
  new HttpException({ statusCode: 410, code: 'gone', message: GONE[reason], reason }, 410);
