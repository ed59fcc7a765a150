import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClosedTransaction, Database } from './database-schema.js';

const AGAIN_MS = 200;
const KEPT_MS = 3_600_000;

/**
 * What became of a transaction whose COMMIT was sent and not answered. Its token is put in by whoever asks: if it was
 * committed, the token is taken; if it is still under way on the server, this waits for its end; and once ours stands,
 * the other can never be committed.
 * @returns what it told when it was committed, null when it never will be
 * @throws Error when the database cannot be asked and `isOver`: then it is not known
 */
export async function outcomeOf(
  db: Kysely<Database>,
  token: string,
  isOver: () => boolean,
): Promise<ClosedTransaction | null> {
  for (;;) {
    try {
      await db
        .insertInto('transaction_receipt')
        .values({ token, result: null })
        .onConflict((c) => c.column('token').doNothing())
        .execute();
      const found = await db
        .selectFrom('transaction_receipt')
        .select('result')
        .where('token', '=', token)
        .executeTakeFirstOrThrow();
      return found.result;
    } catch (error) {
      if (isOver()) {
        throw new Error(`it is not known whether this was committed: ${(error as Error).message}`, { cause: error });
      }
      await sleep(AGAIN_MS);
    }
  }
}

/** Nobody asks any more for those that are older than an hour. */
export async function forgetOldReceipts(db: Kysely<Database>): Promise<void> {
  await db
    .deleteFrom('transaction_receipt')
    .where('at', '<', new Date(Date.now() - KEPT_MS))
    .execute();
}
