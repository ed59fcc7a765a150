import pg from 'pg';

/**
 * A database connection whose breaking ends the query under way and nothing else. A pool listens to the errors of its
 * idle connections only: one that breaks while somebody has it would end the whole process as an unhandled error.
 * A message of several statements is answered with the result of the first, as its caller expects a result, not a list.
 */
export class OutlivingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const answer = ask(...args);
      return answer instanceof Promise ? answer.then(firstResult) : answer;
    }) as typeof this.query;
  }
}

const firstResult = (answer: unknown): unknown => (Array.isArray(answer) ? (answer[0] as unknown) : answer);
