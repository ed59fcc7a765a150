import { Injectable } from '@nestjs/common';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import type { Role } from '../../gateway/views.js';
import type { TaskNotice } from '../../gateway/task-views.js';
import { onDuty } from '../../paging/roster.js';
import { PersonSockets } from '../../paging/person-sockets.js';
import type { EstateTransaction } from '../../platform/estate-transaction.js';

/** Whoever is on duty in a role now, for these zones; none = for the whole estate. */
export function peopleOnDuty(
  directory: EstateDirectory,
  estate: string,
  role: Role,
  at: number,
  zones?: readonly string[],
): string[] {
  const timezone = directory.estate(estate)?.timezone ?? 'Asia/Shanghai';
  const roster = directory.roster(estate);
  const everywhere = directory.zonesOfEstate(estate).map((z) => z.id);
  const q = { estate, zones: zones?.length ? zones : everywhere, role, duty: 'any', at, timezone } as const;
  return onDuty(roster, q).map((d) => d.person);
}

/**
 * Tells people of jobs that are no emergency: shown on the phone, not rung. Nobody depends on it: the job stands on the
 * task screen until it is done, and is told again.
 */
@Injectable()
export class TaskNotices {
  constructor(
    private readonly directory: DirectoryHolder,
    private readonly sockets: PersonSockets,
  ) {}

  onDuty(estate: string, role: Role, at: number, zones?: readonly string[]): string[] {
    return peopleOnDuty(this.directory.current, estate, role, at, zones);
  }

  /** After the commit. @returns who is told, for the journal */
  tell(tx: EstateTransaction, people: readonly string[], notice: TaskNotice): readonly string[] {
    const unique = [...new Set(people)];
    tx.afterCommit.push(() => {
      for (const person of unique) for (const s of this.sockets.of(person)) s.emit('task', notice);
    });
    return unique;
  }

  /** Everybody on duty in that role; nobody there: the project manager. */
  tellRole(tx: EstateTransaction, role: Role, notice: TaskNotice, zones?: readonly string[]): readonly string[] {
    const directory = this.directory.current;
    const people = peopleOnDuty(directory, tx.estate, role, tx.now, zones);
    const found = people.length > 0 ? people : peopleOnDuty(directory, tx.estate, 'project-manager', tx.now);
    return this.tell(tx, found, notice);
  }
}

/** Puts a job that has changed on the change feed: screens ask for their list again. */
export function showTask(tx: EstateTransaction, kind: TaskNotice['kind'], id: string): void {
  tx.change({ type: 'task', entityId: id, payload: () => ({ kind, id }) });
}
