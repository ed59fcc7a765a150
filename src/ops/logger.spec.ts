import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { NestLogger } from './logger.js';

const logged = (write: (logger: NestLogger) => void): Record<string, unknown>[] => {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line) };
  write(new NestLogger(pino({ level: 'trace', base: null, timestamp: false }, sink)));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe("Nest's log lines in pino", () => {
  it('keep their level, text and context', () => {
    const lines = logged((l) => {
      l.log('started', 'Boot');
      l.warn('slow', 'Relay');
      l.error('failed', undefined, 'Relay');
      l.debug('detail');
      l.verbose('more');
      l.fatal('over');
    });
    expect(lines.map((l) => [l['level'], l['msg'], l['context']])).toEqual([
      [30, 'started', 'Boot'],
      [40, 'slow', 'Relay'],
      [50, 'failed', 'Relay'],
      [20, 'detail', undefined],
      [10, 'more', undefined],
      [60, 'over', undefined],
    ]);
  });

  it('keep the stack of an error and the fields of an object', () => {
    const [failure, fields, passed] = logged((l) => {
      l.error(new Error('broken'), 'Relay');
      l.log({ estate: 'e1' }, 'Boot');
      l.error('broken', 'Error: broken\n    at x', 'Relay');
    });
    expect(failure).toMatchObject({
      msg: 'broken',
      context: 'Relay',
      err: { stack: expect.stringContaining('broken') },
    });
    expect(fields).toMatchObject({ message: { estate: 'e1' }, context: 'Boot' });
    expect(passed).toMatchObject({ msg: 'broken', extra: ['Error: broken\n    at x'] });
  });
});
