import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../kernel/clock.js';
import { OnceWithCount } from './once-with-count.js';

describe('a repeated failure', () => {
  it('is one line at once, and then one a minute with the number of those between', () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const log = new OnceWithCount(clock, (line) => lines.push(line));
    for (let i = 0; i < 121; i++, clock.advance(1000)) log.failed('relay', 'the relay failed');
    expect(lines).toEqual([
      'the relay failed',
      'the relay failed (and 59 times since it was last said)',
      'the relay failed (and 59 times since it was last said)',
    ]);
  });

  it('does not hide another one, and says when it is over with what was not yet counted', () => {
    const lines: string[] = [];
    const log = new OnceWithCount(new ManualClock(), (line) => lines.push(line));
    log.failed('relay', 'the relay failed');
    log.failed('store', 'the store failed');
    log.failed('relay', 'the relay failed');
    log.recovered('relay', 'the relay works');
    log.recovered('relay', 'the relay works');
    log.failed('relay', 'the relay failed');
    expect(lines).toEqual([
      'the relay failed',
      'the store failed',
      'the relay works (failed 1 more times since it was last said)',
      'the relay failed',
    ]);
  });
});
