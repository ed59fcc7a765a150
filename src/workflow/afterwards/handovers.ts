import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { windowAt } from '../../kernel/day-windows.js';
import { DomainError } from '../../kernel/domain-error.js';
import { minutes } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { canonicalJson } from '../../platform/journal-hash.js';
import { dropOpenDeadline, setDeadline } from '../deadlines.js';
import { handoverContent } from './handover-content.js';
import { peopleOnDuty, showTask, TaskNotices } from './task-notices.js';

/** Read and signed within so long, or the supervisor hears of it. */
const SIGN_WITHIN_MS = minutes(30);
/** Where the roster has no change of shift in the day. */
const USUAL_CUTS = [8 * 60, 20 * 60];

/** What one shift of the control room leaves to the next (domain §9): written by Steward, read and signed by people. */
@Injectable()
export class Handovers {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly notices: TaskNotices,
  ) {}

  /** The shift has changed. */
  async onDue(tx: EstateTransaction): Promise<void> {
    const now = this.shiftAt(tx.estate, tx.now);
    const before = this.shiftAt(tx.estate, now.from - 1);
    await this.write(tx, before.from, now.from, null);
    await this.planNext(tx);
  }

  planNext(tx: EstateTransaction): Promise<void> {
    const { to } = this.shiftAt(tx.estate, tx.now);
    return setDeadline(tx, { kind: 'handover', key: tx.estate, ticketId: null, dueAt: to });
  }

  /** Now, between two changes of shift. @returns its id */
  byHand(estate: string, by: Principal): Promise<string> {
    return this.transactions.run(estate, (tx) =>
      this.write(tx, this.shiftAt(estate, tx.now).from, tx.now, by.username),
    );
  }

  /** @throws DomainError `conflict` when it is signed, `forbidden` to whoever hands over himself */
  sign(estate: string, id: string, by: Principal, note: string | undefined): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const row = await tx.trx
        .selectFrom('shift_handover')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .forUpdate()
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such handover.');
      if (row.signed_at)
        throw new DomainError('conflict', 'This handover is signed already.', {
          reason: 'signed',
          signedBy: row.signed_by,
        });
      // Whoever stays on may sign what he leaves to himself; nobody else signs his own.
      if (row.outgoing.includes(by.username) && !row.incoming.includes(by.username))
        throw new DomainError('forbidden', 'The next shift signs, not the one that leaves.');
      await tx.trx
        .updateTable('shift_handover')
        .set({ signed_at: tx.at, signed_by: by.username, sign_note: note ?? null })
        .where('id', '=', id)
        .execute();
      await dropOpenDeadline(tx, 'handover-unsigned', id);
      tx.journal({
        kind: 'handover-signed',
        actor: by.username,
        payload: { handover: id, sha256: row.content_sha256, note: note ?? null },
      });
      showTask(tx, 'handover', id);
    });
  }

  async onUnsigned(tx: EstateTransaction, id: string): Promise<void> {
    const row = await tx.trx
      .selectFrom('shift_handover')
      .select(['to_at', 'signed_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row || row.signed_at) return;
    const told = this.notices.tellRole(tx, 'supervisor', {
      ...{ kind: 'handover', id, estate: tx.estate, place: null, overdue: true },
      title: { zh: '交接班未签收', en: 'Shift handover not signed' },
      dueAt: row.to_at.toISOString(),
    });
    tx.journal({ kind: 'handover-unsigned', payload: { handover: id, told } });
    showTask(tx, 'handover', id);
  }

  private async write(tx: EstateTransaction, from: number, to: number, by: string | null): Promise<string> {
    const directory = this.directory.current;
    const content = await handoverContent(tx, directory, from);
    // As the database gives it back: what is signed can be hashed again.
    const text = canonicalJson(JSON.parse(JSON.stringify(content)));
    const sha256 = createHash('sha256').update(text).digest('hex');
    const id = newId(tx.now);
    const onDuty = (at: number): string[] => peopleOnDuty(directory, tx.estate, 'control-room', at);
    const [outgoing, incoming] = [onDuty(to - 60_000), onDuty(to)];
    await tx.trx
      .insertInto('shift_handover')
      .values({
        ...{ id, estate_id: tx.estate, from_at: new Date(from), to_at: new Date(to), written_at: tx.at },
        ...{ outgoing, incoming, content: text, content_sha256: sha256 },
      })
      .execute();
    const counts = Object.fromEntries(Object.entries(content).map(([k, v]) => [k, (v as unknown[]).length]));
    tx.journal({ kind: 'handover-written', actor: by, payload: { handover: id, sha256, outgoing, incoming, counts } });
    this.notices.tell(tx, incoming, {
      ...{ kind: 'handover', id, estate: tx.estate, place: null, overdue: false },
      title: { zh: '请阅读并签收交接班记录', en: 'Read and sign the shift handover' },
      dueAt: new Date(tx.now + SIGN_WITHIN_MS).toISOString(),
    });
    showTask(tx, 'handover', id);
    await setDeadline(tx, {
      kind: 'handover-unsigned',
      key: id,
      ticketId: null,
      dueAt: tx.now + SIGN_WITHIN_MS,
    });
    return id;
  }

  private shiftAt(estate: string, at: number): { from: number; to: number } {
    const directory = this.directory.current;
    const zone = directory.estate(estate)?.timezone ?? 'Asia/Shanghai';
    const { lines, rotations } = directory.roster(estate);
    const desk = (e: { role: string }): boolean => e.role === 'control-room';
    const times = [
      ...lines.filter(desk).flatMap((e) => [e.from, e.to]),
      ...rotations.filter(desk).map((r) => r.handover),
    ];
    const cuts = times.map(minuteOf);
    const several = new Set(cuts).size > 1;
    return windowAt(zone, several ? [...new Set(cuts)] : USUAL_CUTS, at);
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
