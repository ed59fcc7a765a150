import type { Duplex } from 'node:stream';
import pg from 'pg';

export interface OutlivingOptions extends pg.ClientConfig {
  /**
   * A connection that has not answered a question within this time (ms) is given up: a line that died without a word, or a
   * server that hangs, must not hold its asker for ever. What the server made of that question is not known then.
   */
  answerWithinMs?: number;
}

/** Time to read an answer that is there already, when this process itself has stood still. */
const GRACE_MS = 250;

/** Read-only since a fail-over, or going down: the next question belongs to another server. */
const LEAVING = new Set(['25006', '57P01', '57P02', '57P03']);

/**
 * A database connection whose breaking ends the query under way and nothing else. A pool listens to the errors of its
 * idle connections only: one that breaks while somebody has it would end the whole process as an unhandled error.
 * A message of several statements is answered with the result of the first, as its caller expects a result, not a list.
 */
export class OutlivingClient extends pg.Client {
  private readonly answerWithinMs: number | undefined;

  constructor(config?: string | OutlivingOptions) {
    super(config);
    this.answerWithinMs = typeof config === 'object' ? config.answerWithinMs : undefined;
    this.on('error', () => undefined);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const answer = ask(...args);
      return answer instanceof Promise ? this.awaited(answer) : answer;
    }) as typeof this.query;
  }

  private async awaited(answer: Promise<unknown>): Promise<unknown> {
    const stop = this.watchdog();
    try {
      return firstResult(await answer);
    } catch (error) {
      if (LEAVING.has((error as { code?: string }).code ?? '')) this.giveUp('it takes no more work');
      throw error;
    } finally {
      stop();
    }
  }

  private watchdog(): () => void {
    const ms = this.answerWithinMs;
    if (!ms) return () => undefined;
    let timer = setTimeout(() => {
      timer = setTimeout(() => this.giveUp(`no answer within ${ms / 1000} s`), GRACE_MS);
    }, ms);
    return () => clearTimeout(timer);
  }

  /** All that waits on this connection fails, and its pool makes another. */
  private giveUp(why: string): void {
    const { stream } = (this as unknown as { connection: { stream: Duplex } }).connection;
    stream.destroy(new Error(`the database connection was given up: ${why}`));
  }
}

const firstResult = (answer: unknown): unknown => (Array.isArray(answer) ? (answer[0] as unknown) : answer);
