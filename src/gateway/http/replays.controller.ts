import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { assertEstate } from '../../access/estate-scope.js';
import { Allow } from '../../access/http/access-rule.js';
import { ApiAnswer } from '../../access/http/api-answer.js';
import { CurrentPrincipal } from '../../access/http/current-principal.js';
import { ZodBody, ZodPipe } from '../../access/http/zod-body.pipe.js';
import { hasRole, type Principal } from '../../access/principal.js';
import { DomainError } from '../../kernel/domain-error.js';
import { days, hours } from '../../kernel/durations.js';
import { ReplayJobs, type ReplayJob } from '../../workflow/replay/replay-jobs.js';
import { replayJobView } from '../replay-view.js';
import type { ReplayJobView, Role } from '../views.js';
import { UUID } from './list-query.js';

const ROLES: Role[] = ['supervisor', 'engineer', 'project-manager'];
/** A season at a time: more is the command line's business, where nobody waits for the same processor. */
const MAX_SPAN_MS = days(92);

const WISH = z
  .object({
    estate: z.string().min(1).max(128),
    devices: z.array(z.string().min(1).max(128)).max(100).default([]),
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    warmUpHours: z
      .number()
      .min(0)
      .max(31 * 24)
      .default(24),
    set: z.record(z.string().max(128), z.number()).default({}),
    explain: z.boolean().default(false),
  })
  .refine((w) => Date.parse(w.from) < Date.parse(w.to), 'from must be before to')
  .refine((w) => Date.parse(w.to) - Date.parse(w.from) <= MAX_SPAN_MS, 'at most 92 days at a time');
const ID = new ZodPipe(UUID);

/** What would have been raised with these thresholds, against what was. */
@Allow(...ROLES)
@Controller('api/v1/replays')
export class ReplaysController {
  constructor(private readonly jobs: ReplayJobs) {}

  @Post()
  @HttpCode(202)
  @ApiAnswer(202, 'Begun, or waiting for its turn; ask for it by its id.', 'ReplayJobView')
  @ApiAnswer(400, 'A parameter that no rule has (the closest is named), or a value outside its bounds.')
  start(@CurrentPrincipal() by: Principal, @ZodBody(WISH) q: z.output<typeof WISH>): ReplayJobView {
    assertEstate(by, q.estate, ...ROLES);
    const { estate, devices, set, explain } = q;
    const span = { from: Date.parse(q.from), to: Date.parse(q.to), warmUpMs: hours(q.warmUpHours) };
    return replayJobView(this.jobs.start({ estate, devices, set, explain, ...span }, by.username));
  }

  @Get(':id')
  @ApiAnswer(200, 'How far it is, and what it found once it is done.', 'ReplayJobView')
  @ApiAnswer(404, 'No such replay in scope, or forgotten: the service has been restarted since.')
  one(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): ReplayJobView {
    return replayJobView(this.job(by, id));
  }

  @Delete(':id')
  @HttpCode(200)
  @ApiAnswer(200, 'Called off, if it was not over already.', 'ReplayJobView')
  cancel(@CurrentPrincipal() by: Principal, @Param('id', ID) id: string): ReplayJobView {
    const job = this.job(by, id);
    this.jobs.cancel(job);
    return replayJobView(job);
  }

  private job(by: Principal, id: string): ReplayJob {
    const job = this.jobs.get(id);
    // Whoever has no role there must not learn which ids are real.
    if (!job || !hasRole(by, job.wish.estate)) throw new DomainError('not-found', 'There is no such replay.');
    assertEstate(by, job.wish.estate, ...ROLES);
    return job;
  }
}
