import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatTime, readClock } from './format-time.js';

describe('times on the screen', () => {
  it('are minutes and seconds below an hour, hours below a day, days above', () => {
    expect(formatDuration(47_000)).toBe('00:47');
    expect(formatDuration(3_723_000)).toBe('1:02:03');
    expect(formatDuration(273_600_000)).toBe('3d 04h');
    expect(formatDuration(-5)).toBe('00:00');
  });

  const from = '2026-07-14T00:00:00.000Z';
  const start = Date.parse(from);

  it('count down from the limit and, when it is over, up with a plus', () => {
    const clock = { from, limitS: 1800, doneAt: null };
    expect(readClock(clock, start).text).toBe('30:00');
    expect(readClock(clock, start + 47_000).text).toBe('29:13');
    const late = readClock(clock, start + 1_933_000);
    expect(late).toMatchObject({ text: '+02:13', over: true, used: 1 });
  });

  it('stop when the thing is done', () => {
    const clock = { from, limitS: 60, doneAt: '2026-07-14T00:00:20.000Z' };
    expect(readClock(clock, start + 3_600_000)).toMatchObject({ text: '00:40', over: false, done: true });
  });

  it('are shown in the time zone of the estate, with the day when it is not about now', () => {
    expect(formatTime('2026-07-13T18:41:07.000Z', 'Asia/Shanghai')).toBe('02:41:07');
    expect(formatTime('2026-07-13T18:41:07.000Z', 'Asia/Shanghai', Date.parse('2026-07-15T00:00:00Z'))).toBe(
      '07-14 02:41:07',
    );
  });
});
