import { Injectable, Logger } from '@nestjs/common';

/** Answers null when the part is ready, else what is wrong, in words for the person on duty. */
export type ReadinessCheck = () => Promise<string | null>;

/** A check that hangs is a part that does not answer. Milliseconds. */
const PATIENCE_MS = 2000;

/** Whether Steward can do its work now: each part registers its own question under its own name. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly helpers = new Map<string, ReadinessCheck>();
  private readonly log = new Logger(Readiness.name);

  register(name: string, check: ReadinessCheck): void {
    if (this.checks.has(name)) throw new Error(`two readiness checks are called ${name}`);
    this.checks.set(name, check);
  }

  /** A part without which the work goes on, worse: its trouble is told, and Steward is ready all the same. */
  registerHelper(name: string, check: ReadinessCheck): void {
    if (this.helpers.has(name)) throw new Error(`two helping parts are called ${name}`);
    this.helpers.set(name, check);
  }

  /** The helping parts that fail, by name. */
  warnings(): Promise<Record<string, string>> {
    return this.answersOf(this.helpers);
  }

  /** The failing parts by name; empty = ready. Before any part has registered nothing is known to work. */
  async failing(): Promise<Record<string, string>> {
    if (this.checks.size === 0) return { start: 'no part has started yet' };
    return this.answersOf(this.checks);
  }

  private async answersOf(checks: ReadonlyMap<string, ReadinessCheck>): Promise<Record<string, string>> {
    const answers = await Promise.all(
      [...checks].map(async ([name, check]) => [name, await this.ask(name, check)] as const),
    );
    return Object.fromEntries(answers.filter((a): a is [string, string] => a[1] !== null));
  }

  private async ask(name: string, check: ReadinessCheck): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    });
    try {
      return await Promise.race([check(), tooLate]);
    } catch (e) {
      // The endpoint is public: what exactly failed is for the log alone.
      this.log.warn(`the readiness check of ${name} failed: ${e instanceof Error ? e.message : String(e)}`);
      return 'the check failed, see the log';
    } finally {
      clearTimeout(timer);
    }
  }
}
