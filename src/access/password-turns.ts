import { DomainError } from '../kernel/domain-error.js';

/** One slow hash at a time leaves the other core to intake and pages, however many strangers try to sign in. */
const MAX_WAITING = 200;

/** Password checks stand in a line, because each takes a core for tens of milliseconds and anybody may ask for one. */
export class PasswordTurns {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @throws DomainError `unavailable` when the line is too long to be of use to anybody in it */
  async take<T>(check: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAX_WAITING) {
      throw new DomainError('unavailable', 'Too many people are signing in at once. Try again in a few seconds.');
    }
    this.waiting++;
    const mine = this.last.then(check).finally(() => this.waiting--);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
