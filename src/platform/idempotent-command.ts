import { AsyncLocalStorage } from 'node:async_hooks';
import type { Transaction } from 'kysely';
import { DomainError } from '../kernel/domain-error.js';
import type { Database } from './database-schema.js';

/*
 * A command that carries an Idempotency-Key marks its key's row inside its own transaction. So a try that comes after a
 * crash knows whether the command was carried out, and never carries it out twice (ADR 0022).
 */
const underWay = new AsyncLocalStorage<string>();

let commands = 0;

/** @param token names this try of the command */
export async function asIdempotentCommand<T>(token: string, work: () => Promise<T>): Promise<T> {
  commands++;
  try {
    return await underWay.run(token, work);
  } finally {
    // While it is on, Node follows every promise of the process: the hot path must not pay for that (Node 20).
    if (--commands === 0) underWay.disable();
  }
}

/** Called in the transaction that carries the command out; outside of one it does nothing. */
export async function markCommitted(trx: Transaction<Database>, at: Date): Promise<void> {
  const token = underWay.getStore();
  if (token === undefined) return;
  const marked = await trx
    .updateTable('idempotency_key')
    .set({ committed_at: at })
    .where('token', '=', token)
    .returning('key')
    .executeTakeFirst();
  // Somebody took this try for dead and has begun it anew: then that one counts.
  if (!marked) throw new DomainError('conflict', 'This request is under way. Ask again with the same key.');
}
