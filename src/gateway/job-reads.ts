import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { rolesIn } from '../access/principal.js';
import { definitionFor } from '../estate/event-definition.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { decideMove, mayMove } from '../tickets/ticket-moves.js';
import { isLivePage, procedureOf, type PageRow } from '../tickets/ticket-record.js';
import { clocksOf, placeOfTicket } from '../tickets/ticket-views.js';
import { JOB_LINK_MS, type Job } from '../workflow/job-links.js';
import type { JobAction, JobView } from './job-views.js';
import type { ClockView } from './views.js';

/** Clocks that are the contractor's own; the others are nobody's business but the property's. */
const SHOWN: readonly ClockView['key'][] = [
  'rescue',
  'contractor-answer',
  'contractor-arrival',
  'engineering-response',
];

/** A job as its link shows it. */
@Injectable()
export class JobReads {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  view(job: Job): JobView {
    const { page, ticket, slot } = job;
    const directory = this.directory.current;
    const estate = directory.estate(ticket.estate_id);
    return {
      title: definitionFor(ticket.event, directory.device(ticket.device_id ?? '')).title,
      place: placeOfTicket(ticket, directory),
      estate: estate?.names ?? { zh: ticket.estate_id, en: ticket.estate_id },
      access: estate?.access ?? null,
      priority: ticket.priority,
      drill: ticket.drill,
      openedAt: ticket.opened_at.toISOString(),
      state: slot.state === 'filled' ? 'mine' : 'open',
      acceptedAt: slot.filled_at?.toISOString() ?? null,
      enRouteAt: slot.en_route_at?.toISOString() ?? null,
      onSiteAt: slot.on_site_at?.toISOString() ?? null,
      clocks: clocksOf(job, directory).filter((c) => SHOWN.includes(c.key)),
      can: this.can(job),
      expiresAt: new Date(page.created_at.getTime() + JOB_LINK_MS).toISOString(),
      now: new Date(this.clock.now()).toISOString(),
    };
  }

  page(ticketId: string, pageId: string): Promise<PageRow | undefined> {
    return this.db
      .selectFrom('page')
      .selectAll()
      .where('id', '=', pageId)
      .where('ticket_id', '=', ticketId)
      .executeTakeFirst();
  }

  private can({ page, ticket, slot, person }: Job): JobAction[] {
    if (slot.state !== 'filled') return isLivePage(page) ? ['accept', 'decline'] : ['accept'];
    const progress = { enRoute: slot.en_route_at !== null, onSite: slot.on_site_at !== null };
    const who = { roles: rolesIn(person, ticket.estate_id), heldSlots: [slot.slot] };
    return (['en-route', 'on-site', 'rescued'] as const).filter(
      (m) => decideMove(ticket.state, m, procedureOf({ ticket }).shape, undefined, progress).ok && mayMove(m, who),
    );
  }
}
