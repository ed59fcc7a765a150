import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { AuditService } from '../access/audit.service.js';
import { rolesIn, type Principal } from '../access/principal.js';
import type { Suspect } from '../alarms/localise-leak.js';
import { isEmptyUnit } from '../estate/device.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from '../platform/database-schema.js';
import { DATABASE } from '../platform/database-token.js';
import { personNames } from '../tickets/ticket-views.js';
import { LeakLocalisation } from '../workflow/leak-localisation.js';
import { ReadViews } from './read-views.js';
import type { LeakSuspectView, LocalisationView, RiserUnitView } from './views.js';

/** So many looks are remembered as logged; a service that runs for months must not keep them all. */
const LOOKS_KEPT = 10_000;

/** Suspects of a leak as a reader may see them: owners, telephones and keys only for those on the case. */
@Injectable()
export class LocalisationReads {
  private readonly logged = new Set<string>();

  constructor(
    private readonly reads: ReadViews,
    private readonly localisation: LeakLocalisation,
    private readonly directory: DirectoryHolder,
    private readonly audit: AuditService,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  /** @throws DomainError `not-found` out of scope, `conflict` when it is not about water */
  async of(reader: Principal, ticketId: string): Promise<LocalisationView> {
    const estate = await this.reads.ticketEstate(reader, ticketId);
    const found = await this.localisation.of(ticketId);
    if (!found) throw new DomainError('conflict', 'This ticket is not about water.', { reason: 'not about water' });
    const { suspects, below, above, notes } = found.ranking;
    const onCase = await this.isOnCase(reader, estate, ticketId);
    if (onCase) await this.logLook(reader, ticketId, suspects);
    const riser = found.riser === null ? undefined : this.directory.current.riser(found.riser);
    return {
      ticketId,
      at: new Date(found.at).toISOString(),
      riser: riser ? { id: riser.id, name: riser.names, valve: riser.valve } : null,
      suspects: suspects.map((s) => this.suspect(s, onCase)),
      below: below.map((u) => this.unit(u)),
      above: above.map((u) => this.unit(u)),
      notes: [...notes],
    };
  }

  /** The control room and supervisors, and whoever has been paged for it; nobody once it is over. */
  private async isOnCase(reader: Principal, estate: string, ticketId: string): Promise<boolean> {
    const ticket = await this.db.selectFrom('ticket').select('over_at').where('id', '=', ticketId).executeTakeFirst();
    if (!ticket || ticket.over_at !== null) return false;
    if (rolesIn(reader, estate).some((r) => r === 'control-room' || r === 'supervisor')) return true;
    const page = await this.db
      .selectFrom('page')
      .select('id')
      .where('ticket_id', '=', ticketId)
      .where('person', '=', reader.username)
      .executeTakeFirst();
    return page !== undefined;
  }

  /** Every look at owners' data is logged, once a person and set of units: the page asks again every few seconds. */
  private async logLook(reader: Principal, ticketId: string, suspects: readonly Suspect[]): Promise<void> {
    const units = suspects.map((s) => s.flow.unit.id);
    if (units.length === 0) return;
    const key = [reader.username, ticketId, ...[...units].sort()].join(' ');
    if (this.logged.has(key)) return;
    if (this.logged.size >= LOOKS_KEPT) this.logged.clear();
    await this.audit.record({
      actor: reader.username,
      action: 'owners.looked-up',
      target: ticketId,
      details: { units },
    });
    this.logged.add(key);
  }

  private unit(u: UnitEntry): RiserUnitView {
    const place = this.directory.current.placeOfSubject({ type: 'unit', id: u.id });
    return { unit: u.id, label: u.label, place, floor: u.floor };
  }

  private suspect({ flow, reason }: Suspect, onCase: boolean): LeakSuspectView {
    const { unit } = flow;
    const contacts = (
      [
        [unit.owner, 'owner'],
        [unit.emergency, 'emergency-contact'],
      ] as const
    ).flatMap(([contact, role]) =>
      onCase && contact?.phone
        ? [{ name: personNames(contact.name, this.directory.current), role, phone: contact.phone }]
        : [],
    );
    return {
      ...this.unit(unit),
      empty: isEmptyUnit(unit.occupancy),
      nowLph: flow.nowLph,
      usualLph: flow.usualLph,
      reason,
      valve: unit.branchValve,
      keyCustody: onCase ? unit.keyCustody : null,
      contacts,
    };
  }
}
