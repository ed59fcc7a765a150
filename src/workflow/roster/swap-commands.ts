import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import type { Principal } from '../../access/principal.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { overlap } from '../../estate/roster-checks.js';
import { samePost, type DutyPost, type RosterOverride } from '../../estate/roster-plan.js';
import { DomainError } from '../../kernel/domain-error.js';
import { hours } from '../../kernel/durations.js';
import { newId } from '../../kernel/ids.js';
import type { RosterTables } from '../../platform/schema/roster-tables.js';
import { plannedDuties } from '../../paging/planned-duties.js';
import { heldAt } from '../../paging/roster.js';
import { refuse, RosterCommands } from './roster-commands.js';

export type SwapRow = Selectable<RosterTables['roster_swap']>;

/** A stretch on a post. Ms since the epoch. */
export interface SwapPart {
  readonly zone: string | null;
  readonly duty: 'primary' | 'backup';
  readonly from: number;
  readonly until: number;
}
export interface SwapWish {
  readonly askedOf: string;
  readonly role: DutyPost['role'];
  /** What the asker gives away … */
  readonly give: SwapPart;
  /** … and takes over in return; null = only asks to be stood in for. */
  readonly take: SwapPart | null;
  readonly note: string;
  /** Ms since the epoch; null = after three days, and never later than the duty begins. */
  readonly expiresAt: number | null;
}

const OPEN_FOR_MS = hours(72);

/** A swap needs both: asked by one, and in force only when the other has said yes. */
@Injectable()
export class SwapCommands {
  constructor(
    private readonly roster: RosterCommands,
    private readonly directory: DirectoryHolder,
  ) {}

  ask(estate: string, by: Principal, wish: SwapWish): Promise<SwapRow> {
    return this.roster.change(estate, by, 'swap-asked', async (tx) => {
      const { give, take } = wish;
      const mistakes = [
        ...(wish.askedOf === by.username ? ['nobody swaps with himself or herself'] : []),
        ...(give.until <= give.from || (take && take.until <= take.from) ? ['a time ends before it begins'] : []),
        ...(give.from <= tx.now || (take && take.from <= tx.now) ? ['what has begun already cannot be swapped'] : []),
        ...this.roleMistakes(estate, wish, by.username),
        ...this.dutyMistakes(estate, wish.role, by.username, give),
        ...(take ? this.dutyMistakes(estate, wish.role, wish.askedOf, take) : []),
        ...(take && samePost(post(wish.role, give), post(wish.role, take)) && overlap(give, take)
          ? ['the two times of one post overlap']
          : []),
      ];
      const latest = Math.min(give.from, take?.from ?? Infinity);
      const expires = Math.min(wish.expiresAt ?? tx.now + OPEN_FOR_MS, latest);
      if (expires <= tx.now) mistakes.push('it would have expired already');
      refuse([...new Set(mistakes)]);
      const row = await tx.trx
        .insertInto('roster_swap')
        .values({
          ...{ id: newId(tx.now), estate_id: estate, role: wish.role, asked_by: by.username, asked_of: wish.askedOf },
          ...{ give_zone: give.zone, give_duty: give.duty },
          ...{ give_from: new Date(give.from), give_until: new Date(give.until) },
          ...{ take_zone: take?.zone ?? null, take_duty: take?.duty ?? null },
          ...{ take_from: take ? new Date(take.from) : null, take_until: take ? new Date(take.until) : null },
          ...{ note: wish.note, asked_at: tx.at, expires_at: new Date(expires) },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return { result: row, told: toldOf(row) };
    });
  }

  /** @throws DomainError `conflict` when it has been answered, withdrawn or has expired */
  answer(estate: string, id: string, by: Principal, answer: 'accept' | 'refuse' | 'withdraw'): Promise<SwapRow> {
    const state = answer === 'accept' ? 'accepted' : answer === 'refuse' ? 'refused' : 'withdrawn';
    return this.roster.change(estate, by, `swap-${state}`, async (tx) => {
      const row = await tx.trx
        .selectFrom('roster_swap')
        .selectAll()
        .where('id', '=', id)
        .where('estate_id', '=', estate)
        .forUpdate()
        .executeTakeFirst();
      if (!row) throw new DomainError('not-found', 'There is no such swap.');
      if (by.username !== (answer === 'withdraw' ? row.asked_by : row.asked_of)) {
        const who = answer === 'withdraw' ? 'who asked' : 'who was asked';
        throw new DomainError('forbidden', `Only ${who} can ${answer} it.`);
      }
      const now = swapState(row, tx.now);
      if (now !== 'asked') throw new DomainError('conflict', `This swap is ${now}.`, { reason: `swap is ${now}` });
      if (answer === 'accept') await this.roster.insertOverrides(tx, by, overridesOf(row, tx.now));
      const after = await tx.trx
        .updateTable('roster_swap')
        .set({ state, answered_at: tx.at, answered_by: by.username })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return { result: after, told: toldOf(after) };
    });
  }

  private roleMistakes(estate: string, { role, askedOf }: SwapWish, asker: string): string[] {
    return [asker, askedOf]
      .filter((p) => !this.directory.current.rolesIn(p, estate).includes(role))
      .map((p) => `"${p}" is not a ${role} in this estate`);
  }

  /** Who gives a duty away must have one there. */
  private dutyMistakes(estate: string, role: DutyPost['role'], person: string, part: SwapPart): string[] {
    if (part.until <= part.from) return [];
    const roster = this.directory.current.roster(estate);
    const timezone = this.directory.current.estate(estate)?.timezone ?? 'UTC';
    const wanted = post(role, part);
    const planned = plannedDuties(roster, timezone, part.from, part.until, (p) => samePost(p, wanted));
    const bounds = [part.from, ...[...planned, ...roster.overrides].map((d) => d.from)];
    const serves = bounds
      .filter((at) => at >= part.from && at < part.until)
      .some((at) => heldAt(planned, roster, at, timezone).held.some((h) => h.person === person && samePost(h, wanted)));
    return serves ? [] : [`"${person}" is not on duty as ${part.duty} ${role} in these hours`];
  }
}

const post = (role: DutyPost['role'], { zone, duty }: SwapPart): DutyPost => ({ zone, role, duty });

export const swapState = (row: SwapRow, now: number): SwapRow['state'] | 'expired' =>
  row.state === 'asked' && row.expires_at.getTime() <= now ? 'expired' : row.state;

function overridesOf(row: SwapRow, now: number): RosterOverride[] {
  const base = { estate: row.estate_id, role: row.role, reason: row.note, swap: row.id };
  const pair: RosterOverride[] = [
    {
      ...{ ...base, id: newId(now), zone: row.give_zone, duty: row.give_duty, person: row.asked_of },
      ...{ insteadOf: row.asked_by, from: row.give_from.getTime(), until: row.give_until.getTime() },
    },
  ];
  if (row.take_from && row.take_until)
    pair.push({
      ...{ ...base, id: newId(now), zone: row.take_zone, duty: row.take_duty ?? 'primary', person: row.asked_by },
      ...{ insteadOf: row.asked_of, from: row.take_from.getTime(), until: row.take_until.getTime() },
    });
  return pair;
}

const toldOf = (row: SwapRow) => ({
  ...{ swap: row.id, askedBy: row.asked_by, askedOf: row.asked_of, role: row.role, state: row.state },
  give: {
    zone: row.give_zone,
    duty: row.give_duty,
    from: row.give_from.toISOString(),
    until: row.give_until.toISOString(),
  },
  take: row.take_from && {
    ...{ zone: row.take_zone, duty: row.take_duty, from: row.take_from.toISOString() },
    until: row.take_until?.toISOString() ?? null,
  },
});
