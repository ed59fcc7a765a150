import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { everyHours, windowAt } from '../../kernel/day-windows.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { dropOpenDeadline, setDeadline } from '../deadlines.js';
import { showTask, TaskNotices } from './task-notices.js';

export interface PatrolReport {
  readonly result: 'ok' | 'finding';
  /** Name (content hash) of the photo. */
  readonly evidence?: string;
  readonly note?: string;
}

/** Rounds of the doors every two hours, with a photo (domain §9); off until a supervisor has set a plan. */
@Injectable()
export class Patrols {
  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly notices: TaskNotices,
  ) {}

  /** @param plan null switches patrols off; what is under way is left as it is */
  setPlan(estate: string, by: Principal, plan: { everyH: number; devices: string[] | null } | null): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const known = new Set(this.doors(estate));
      const strange = plan?.devices?.filter((d) => !known.has(d)) ?? [];
      if (strange.length > 0)
        throw new DomainError('invalid', `Not doors of this estate: ${strange.join(', ')}.`, { devices: strange });
      if (plan === null) {
        await tx.trx.deleteFrom('patrol_plan').where('estate_id', '=', estate).execute();
        await dropOpenDeadline(tx, 'patrol', estate);
        await tx.trx
          .updateTable('patrol_round')
          .set({ state: 'done', ended_at: tx.at })
          .where('estate_id', '=', estate)
          .where('state', '=', 'open')
          .execute();
      } else {
        const row = { every_h: plan.everyH, device_ids: plan.devices, set_at: tx.at, set_by: by.username };
        await tx.trx
          .insertInto('patrol_plan')
          .values({ estate_id: estate, ...row })
          .onConflict((c) => c.column('estate_id').doUpdateSet(row))
          .execute();
        await this.begin(tx);
      }
      tx.journal({ kind: 'patrol-plan', actor: by.username, payload: { plan } });
      showTask(tx, 'patrol', estate);
    });
  }

  /** A round's time is over: what was left out is missed, and the security supervisor hears of it; the next one begins. */
  async onDue(tx: EstateTransaction): Promise<void> {
    const over = await tx.trx
      .selectFrom('patrol_round')
      .selectAll()
      .where('estate_id', '=', tx.estate)
      .where('state', '=', 'open')
      .where('due_at', '<=', tx.at)
      .forUpdate()
      .execute();
    for (const round of over) {
      const checks = await tx.trx
        .selectFrom('patrol_check')
        .select('device_id')
        .where('round_id', '=', round.id)
        .execute();
      const seen = new Set(checks.map((c) => c.device_id));
      const left = round.device_ids.filter((d) => !seen.has(d));
      const state = left.length === 0 ? ('done' as const) : ('missed' as const);
      await tx.trx.updateTable('patrol_round').set({ state, ended_at: tx.at }).where('id', '=', round.id).execute();
      if (state === 'missed') {
        const told = this.notices.tellRole(tx, 'supervisor', {
          ...{ kind: 'patrol', id: round.id, estate: tx.estate, place: null, overdue: true },
          title: { zh: `漏巡 ${left.length} 处`, en: `${left.length} doors not patrolled` },
          dueAt: round.due_at.toISOString(),
        });
        tx.journal({
          kind: 'patrol-missed',
          payload: { round: round.id, from: round.from_at.toISOString(), left, told },
        });
      }
      showTask(tx, 'patrol', round.id);
    }
    await this.begin(tx);
  }

  /** The round of now, if the plan has one and it is not there yet, and the wake-up at its end. */
  private async begin(tx: EstateTransaction): Promise<void> {
    const plan = await tx.trx
      .selectFrom('patrol_plan')
      .selectAll()
      .where('estate_id', '=', tx.estate)
      .executeTakeFirst();
    if (!plan) return;
    const zone = this.directory.current.estate(tx.estate)?.timezone ?? 'Asia/Shanghai';
    const { from, to } = windowAt(zone, everyHours(plan.every_h), tx.now);
    const known = this.doors(tx.estate);
    const doors = plan.device_ids ? plan.device_ids.filter((d) => known.includes(d)) : known;
    if (doors.length > 0) {
      const id = newId(tx.now);
      const made = await tx.trx
        .insertInto('patrol_round')
        .values({ id, estate_id: tx.estate, from_at: new Date(from), due_at: new Date(to), device_ids: doors })
        .onConflict((c) => c.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made) {
        this.notices.tellRole(tx, 'security', {
          ...{ kind: 'patrol', id, estate: tx.estate, place: null, overdue: false },
          title: { zh: `门岗巡查 ${doors.length} 处`, en: `Patrol ${doors.length} doors` },
          dueAt: new Date(to).toISOString(),
        });
        showTask(tx, 'patrol', id);
      }
    }
    await setDeadline(tx, { kind: 'patrol', key: tx.estate, ticketId: null, dueAt: to });
  }

  /** @throws DomainError `conflict` when the round is over or the door was reported, `invalid` without photo or note */
  report(estate: string, id: string, device: string, by: Principal, q: PatrolReport): Promise<void> {
    return this.transactions.run(estate, async (tx) => {
      const round = await tx.trx
        .selectFrom('patrol_round')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .forUpdate()
        .executeTakeFirst();
      if (!round || !round.device_ids.includes(device))
        throw new DomainError('not-found', 'This door is on no such round.');
      if (round.state !== 'open')
        throw new DomainError('conflict', `This round is ${round.state}.`, { reason: `round is ${round.state}` });
      if (q.result === 'finding' && !q.note?.trim()) throw new DomainError('invalid', 'Say what is wrong.');
      const { result, evidence = null, note = null } = q;
      const made = await tx.trx
        .insertInto('patrol_check')
        .values({ round_id: id, device_id: device, result, evidence, note, at: tx.at, by: by.username })
        .onConflict((c) => c.doNothing())
        .returning('round_id')
        .executeTakeFirst();
      if (!made) throw new DomainError('conflict', 'This door was reported already.', { reason: 'door is reported' });
      const checks = await tx.trx.selectFrom('patrol_check').select('device_id').where('round_id', '=', id).execute();
      tx.journal({
        kind: 'door-patrolled',
        actor: by.username,
        deviceId: device,
        payload: { round: id, result, evidence, note },
      });
      if (checks.length === round.device_ids.length)
        await tx.trx.updateTable('patrol_round').set({ state: 'done', ended_at: tx.at }).where('id', '=', id).execute();
      showTask(tx, 'patrol', id);
    });
  }

  private doors(estate: string): string[] {
    const gates = this.directory.current.devicesOfEstate(estate).filter((d) => d.kind === 'gate');
    return gates.filter((d) => d.life !== 'retired').map((d) => d.id);
  }
}
