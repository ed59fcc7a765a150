import pg from 'pg';

/**
 * A database connection whose breaking ends the query under way and nothing else. A pool listens to the errors of its
 * idle connections only: one that breaks while somebody has it would end the whole process as an unhandled error.
 */
export class OutlivingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
