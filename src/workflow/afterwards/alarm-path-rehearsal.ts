import { sql } from 'kysely';
import type { Finding } from '../../detection/detector.js';
import type { Device } from '../../estate/device.js';
import type { DirectoryHolder } from '../../estate/directory-holder.js';
import { Metrics } from '../../ops/metrics.js';
import type { PageCourier } from '../../paging/page-courier.port.js';
import type { EstateTransactions } from '../../platform/estate-transaction.js';
import { keptTicket } from '../../tickets/ticket-record.js';
import { AlarmEndings } from '../alarm-endings.js';
import { AlarmJoins } from '../alarm-joins.js';
import { EmergencyFlow } from '../emergency-flow.js';
import { SlotEscalation } from '../slot-escalation.js';
import { TicketOpening } from '../ticket-opening.js';

/** Whom a call for help would page at once. */
export interface RehearsedPage {
  readonly person: string;
  readonly slot: string;
  readonly level: number;
}

const NOBODY: PageCourier = { send: () => undefined, recall: () => undefined, remind: () => undefined };

/** Ends the rehearsal: everything is rolled back. */
class Rehearsed extends Error {
  constructor(readonly pages: readonly RehearsedPage[]) {
    super('rehearsed');
  }
}

/**
 * Takes a finding through alarm, ticket and pages on the real database, and rolls it back: whoever would be paged is told
 * by name, and nothing remains, nobody hears of it, no figure counts it. A real call of the same lift at that instant
 * waits for the milliseconds that this takes, and no longer.
 */
export class AlarmPathRehearsal {
  private readonly flow: EmergencyFlow;

  constructor(
    directory: DirectoryHolder,
    private readonly transactions: EstateTransactions,
  ) {
    const uncounted = new Metrics();
    const escalation = new SlotEscalation(directory, NOBODY);
    const joins = new AlarmJoins(directory, escalation, new AlarmEndings());
    this.flow = new EmergencyFlow(directory, new TicketOpening(directory, escalation, uncounted), joins, uncounted);
  }

  /** @throws Error when the database does not take it within its time */
  async of(finding: Finding, device: Device): Promise<readonly RehearsedPage[]> {
    try {
      await this.transactions.run(device.estate, async (tx) => {
        await sql`set local lock_timeout = '300ms'; set local statement_timeout = '2s'`.execute(tx.trx);
        await this.flow.apply(tx, finding, device);
        const pages = keptTicket(tx, (r) => r.ticket.device_id === device.id)?.pages ?? [];
        throw new Rehearsed(pages.map(({ person, slot, level }) => ({ person, slot, level })));
      });
      return [];
    } catch (error) {
      if (error instanceof Rehearsed) return error.pages;
      throw error;
    }
  }
}
