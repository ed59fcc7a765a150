import { closestName } from '../../config/closest-name.js';
import { DomainError } from '../../kernel/domain-error.js';
import { STANDARD_PROCEDURES } from '../../tickets/procedure-catalogue.js';
import type { Procedure } from '../../tickets/procedure.js';

/** @throws DomainError `not-found` with the id that was probably meant */
export function standardNamed(id: string): Procedure {
  const found = STANDARD_PROCEDURES.get(id);
  if (found) return found;
  const closest = closestName(id, [...STANDARD_PROCEDURES.keys()]);
  const hint = closest === undefined ? '' : ` Did you mean ${closest}?`;
  throw new DomainError('not-found', `There is no procedure ${id}.${hint}`, closest === undefined ? {} : { closest });
}
