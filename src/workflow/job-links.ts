import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { claimedPage, isJobToken, jobToken } from '../access/job-token.js';
import type { Principal } from '../access/principal.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { hours } from '../kernel/durations.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import type { PageRow, SlotRow, TicketRow } from '../tickets/ticket-record.js';

export const JOB_LINK_MS = hours(24);

/** A genuine link with what it leads to. */
export interface Job {
  readonly page: PageRow;
  readonly ticket: TicketRow;
  readonly slots: readonly SlotRow[];
  readonly slot: SlotRow;
  /** Its person, with no roles but those in this estate. */
  readonly person: Principal;
}
export type JobLink = { readonly kind: 'job'; readonly job: Job } | { readonly kind: JobEnd; readonly job: Job };
/** Why a genuine link leads nowhere any more. */
type JobEnd = 'expired' | 'over' | 'taken';

/**
 * Signed links with which a contractor does his job without an account. A link is made of a page, good for its person and
 * ticket alone, and ends with the slot, or a day after the page.
 */
@Injectable()
export class JobLinks {
  /** Set at the start. Without it there are no links. */
  key: Buffer | null = null;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly directory: DirectoryHolder,
  ) {}

  /** `/job/TOKEN`, to be put behind the address at which people reach this service; null = not for this page. */
  pathOf(page: Pick<PageRow, 'id' | 'person' | 'ticket_id' | 'role'>): string | null {
    if (!this.key || page.role !== 'contractor') return null;
    return `/job/${jobToken(this.key, { pageId: page.id, person: page.person, ticketId: page.ticket_id })}`;
  }

  /** @returns null when the token is not one of ours */
  async open(token: string): Promise<JobLink | null> {
    const pageId = claimedPage(token);
    if (!pageId || !this.key) return null;
    const page = await this.db.selectFrom('page').selectAll().where('id', '=', pageId).executeTakeFirst();
    if (!page || page.role !== 'contractor') return null;
    if (!isJobToken(this.key, token, { pageId, person: page.person, ticketId: page.ticket_id })) return null;
    const ticket = await this.db
      .selectFrom('ticket')
      .selectAll()
      .where('id', '=', page.ticket_id)
      .executeTakeFirstOrThrow();
    const slots = await this.db.selectFrom('slot').selectAll().where('ticket_id', '=', page.ticket_id).execute();
    const slot = slots.find((s) => s.slot === page.slot);
    const entry = this.directory.current.person(page.person);
    const roles = entry?.roles.filter((r) => r.estate === page.estate_id) ?? [];
    // Who has left, or does not work here any more, has no job here.
    if (!slot || !entry || roles.length === 0) return null;
    const job = { page, ticket, slots, slot, person: { username: page.person, names: entry.names, roles } };
    const end = this.endOf(job);
    return end ? { kind: end, job } : { kind: 'job', job };
  }

  private endOf({ page, ticket, slot }: Job): JobEnd | null {
    if (page.created_at.getTime() + JOB_LINK_MS <= this.clock.now()) return 'expired';
    if (!isOngoing(ticket.state) || slot.state === 'over') return 'over';
    return slot.state === 'filled' && slot.holder !== page.person ? 'taken' : null;
  }
}
