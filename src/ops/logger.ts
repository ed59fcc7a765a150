import type { LoggerService } from '@nestjs/common';
import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON line an event on standard error: standard output belongs to what the commands answer. Written at once,
 * or the lines before a crash, the only ones that matter, would be lost in a buffer.
 */
export function createLogger(level: LogLevel): Logger {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: labelled } };
  return pino(options, destination({ dest: 2, sync: true }));
}

const labelled = (label: string): { level: string } => ({ level: label });

/** Lets `new Logger('Context')` of Nest end in pino. ERROR means that somebody must act now (docs: style). */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context last, and before it, for errors, the stack. */
  private write(level: Exclude<LogLevel, 'silent'>, message: unknown, rest: unknown[]): void {
    const extra = [...rest];
    const context = typeof extra.at(-1) === 'string' ? extra.pop() : undefined;
    const fields: Record<string, unknown> = context === undefined ? {} : { context };
    if (message instanceof Error) fields['err'] = message;
    if (extra.length > 0 && extra.some((e) => e !== undefined)) fields['extra'] = extra;
    const text = message instanceof Error ? message.message : undefined;
    if (text !== undefined) this.logger[level](fields, text);
    else if (typeof message === 'string') this.logger[level](fields, message);
    else this.logger[level]({ ...fields, message });
  }
}
