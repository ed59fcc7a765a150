import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Principal } from '../../src/access/principal.js';
import type { Finding } from '../../src/detection/detector.js';
import { DirectoryHolder } from '../../src/estate/directory-holder.js';
import { loadDirectory } from '../../src/estate/load-directory.js';
import type { Role } from '../../src/gateway/views.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { EventName } from '../../src/kernel/events.js';
import { Metrics } from '../../src/ops/metrics.js';
import type { OutgoingPage, PageCourier, Recall } from '../../src/paging/page-courier.port.js';
import type { ChannelPlans } from '../../src/paging/channels/channel-plans.js';
import type { Database } from '../../src/platform/database-schema.js';
import { createDatabase, createPool } from '../../src/platform/database.js';
import { EstateTransactions } from '../../src/platform/estate-transaction.js';
import { AlarmCommands } from '../../src/workflow/alarm-commands.js';
import { AlarmEndings, type AlarmEnding } from '../../src/workflow/alarm-endings.js';
import { AlarmJoins } from '../../src/workflow/alarm-joins.js';
import { CallOpening, type CallOutcome, type CallRequest } from '../../src/workflow/by-hand/call-opening.js';
import { SlotAssignment } from '../../src/workflow/by-hand/slot-assignment.js';
import { TicketNotes } from '../../src/workflow/by-hand/ticket-notes.js';
import { TicketRegrouping } from '../../src/workflow/by-hand/ticket-regrouping.js';
import { DeadlineService } from '../../src/workflow/deadline-service.js';
import { EmergencyFlow } from '../../src/workflow/emergency-flow.js';
import { SlotEscalation } from '../../src/workflow/slot-escalation.js';
import { SlotFilling } from '../../src/workflow/slot-filling.js';
import { TicketCommands } from '../../src/workflow/ticket-commands.js';
import { TicketOpening } from '../../src/workflow/ticket-opening.js';

/** Remembers what it was given; nobody is there to take it. */
class NotingCourier implements PageCourier {
  readonly sent: OutgoingPage[] = [];
  readonly recalled: Recall[] = [];
  send(pages: readonly OutgoingPage[]): void {
    this.sent.push(...pages);
  }
  recall(recalls: readonly Recall[]): void {
    this.recalled.push(...recalls);
  }
  remind(): void {
    // Nobody is there to be asked again.
  }
}

/** From finding to page without broker, rules and sockets: the decisions and their transactions, on a clock of the test. */
export class Dispatch {
  readonly courier = new NotingCourier();
  readonly transactions: EstateTransactions;
  readonly flow: EmergencyFlow;
  readonly tickets: TicketCommands;
  readonly alarms: AlarmCommands;
  readonly calls: CallOpening;
  readonly regrouping: TicketRegrouping;
  readonly slots: SlotAssignment;
  readonly notes: TicketNotes;
  /** What rules have been told: somebody ended their alarm. */
  readonly ended: AlarmEnding[] = [];
  readonly deadlines: DeadlineService;
  readonly escalation: SlotEscalation;

  private constructor(
    readonly db: Kysely<Database>,
    readonly directory: DirectoryHolder,
    clock: Clock,
    channels?: ChannelPlans,
  ) {
    const metrics = new Metrics();
    const endings = new AlarmEndings();
    endings.onEnded((e) => this.ended.push(e));
    const escalation = (this.escalation = new SlotEscalation(directory, this.courier, channels));
    const filling = new SlotFilling(directory, escalation, this.courier);
    this.transactions = new EstateTransactions(db, clock);
    const joins = new AlarmJoins(directory, escalation, endings);
    const opening = new TicketOpening(directory, escalation, metrics);
    this.flow = new EmergencyFlow(directory, opening, joins, metrics);
    this.calls = new CallOpening(this.transactions, directory, this.flow);
    this.regrouping = new TicketRegrouping(this.transactions, directory, opening, escalation, filling);
    this.slots = new SlotAssignment(this.transactions, directory, escalation, filling);
    this.notes = new TicketNotes(this.transactions);
    this.tickets = new TicketCommands(this.transactions, directory, filling, escalation, endings);
    this.alarms = new AlarmCommands(this.transactions, directory, endings, this.tickets);
    // No device changes its life in these tests.
    const work = { directory, metrics, devices: { reassess: () => Promise.resolve() } };
    this.deadlines = new DeadlineService(db, clock, this.transactions, escalation, this.alarms, work);
  }

  /** On connections of its own, as a second process would have them. */
  static async on(url: string, clock: Clock, channels?: ChannelPlans): Promise<Dispatch> {
    const db = createDatabase(createPool({ url, name: 'test dispatch', max: 8 }));
    return new Dispatch(db, new DirectoryHolder(await loadDirectory(db)), clock, channels);
  }

  finding(device: string, event: EventName, kind: Finding['kind'] = 'raise', now = Date.now()): Finding {
    const reason = `${kind} in a test`;
    return { kind, event, subject: { type: 'device', id: device }, since: now, reason, evidence: { floor: 4 } };
  }

  async apply(device: string, event: EventName, kind: Finding['kind'] = 'raise'): Promise<void> {
    const known = this.directory.current.device(device);
    if (!known) throw new Error(`no device ${device}`);
    await this.transactions.run(known.estate, (tx) =>
      this.flow.apply(tx, this.finding(device, event, kind, tx.now), known),
    );
  }

  /** What a rule over a whole building says. */
  async applyToBuilding(building: string, event: EventName, kind: Finding['kind'] = 'raise'): Promise<void> {
    const estate = this.directory.current.building(building)?.estate;
    if (estate === undefined) throw new Error(`no building ${building}`);
    const subject = { type: 'building', id: building } as const;
    await this.transactions.run(estate, (tx) =>
      this.flow.apply(tx, { ...this.finding(building, event, kind, tx.now), subject }, null),
    );
  }

  /** A resident rings the control room of the device's or place's estate. */
  call(
    by: string,
    place: CallRequest['place'],
    q: Partial<Omit<CallRequest, 'place'>> & Pick<CallRequest, 'event' | 'kind'>,
  ): Promise<CallOutcome> {
    const estate = q.estate ?? this.directory.current.estateOf(place) ?? 'nowhere';
    const said = 'said on the telephone';
    const idempotencyKey = randomUUID();
    return this.calls.open(this.person(by), { estate, place, caller: {}, said, idempotencyKey, ...q });
  }

  person(username: string): Principal {
    const found = this.directory.current.person(username);
    if (!found) throw new Error(`no person ${username}`);
    const roles = found.roles as readonly { estate: string; role: Role }[];
    return { username, names: found.names, roles };
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}
