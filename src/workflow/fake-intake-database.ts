import type { EstateTransactions } from '../platform/estate-transaction.js';
import type { BatchWriter } from './batch-writer.js';
import type { EmergencyFlow } from './emergency-flow.js';
import type { Entry } from './intake-entry.js';

export const turn = (): Promise<void> => new Promise((r) => setImmediate(r));

/** A database that commits when told to, and says what it has. */
export class FakeIntakeDatabase {
  /** Committed readings by number, in the order of their commits; emergencies as `!event`. */
  readonly stored: string[] = [];
  /** Each commit: `batch 1 2` or `emergency 1 2 !elevator.alarm-button`. */
  readonly commits: string[] = [];
  readonly underWay: string[] = [];
  holding = false;
  /** Called with what would be committed; throws what the database would. */
  refuse: (told: string) => void = () => undefined;
  private readonly held: (() => void)[] = [];

  /** Lets the oldest (or a certain) commit under way through. */
  async release(i = 0): Promise<void> {
    this.held.splice(i, 1)[0]?.();
    await settled();
  }
  get waiting(): number {
    return this.held.length;
  }

  readonly writer = {
    write: async (entries: readonly Entry[]) => this.commit('batch', seqsOf(entries)),
    close: () => Promise.resolve(),
  } as unknown as BatchWriter;

  readonly transactions = {
    run: async (_: string, work: (tx: unknown) => Promise<void>) => {
      const written: string[] = [];
      await work({
        written,
        trx: {
          executeQuery: (q: { sql: string; parameters: readonly unknown[] }) => {
            // However the statement takes them: each reading carries its number in its values.
            if (q.sql.includes('into reading'))
              for (const [, seq] of JSON.stringify(q.parameters).matchAll(/#(\d+)#/g)) written.push(String(seq));
            return Promise.resolve({ rows: [] });
          },
        },
      });
      await this.commit('emergency', written);
    },
  } as unknown as EstateTransactions;

  readonly flow = {
    apply: (tx: { written: string[] }, f: { event: string }) => {
      tx.written.push(`!${f.event}`);
      return Promise.resolve();
    },
  } as unknown as EmergencyFlow;

  private async commit(kind: string, rows: string[]): Promise<void> {
    const told = [kind, ...rows].join(' ');
    this.underWay.push(told);
    if (this.holding) await new Promise<void>((r) => this.held.push(r));
    else await turn();
    this.underWay.splice(this.underWay.indexOf(told), 1);
    this.refuse(told);
    this.commits.push(told);
    this.stored.push(...rows);
  }
}

export const seqsOf = (entries: readonly Entry[]): string[] =>
  entries.flatMap((e) => e.readings.map((r) => String(r.reading.seq)));
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}
