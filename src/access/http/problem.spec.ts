import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { ERROR_KINDS } from './error-catalogue.js';
import { problemOf } from './problem.js';
import { refusalInChinese } from './refusals-zh.js';

describe('a refusal in Chinese', () => {
  it.each([
    ['There is no such ticket.', '没有这张工单。'],
    ['Taken by 王强 (Wang Qiang).', '已由王强接单。'],
    ['The ticket is rescued: there is nothing to accept.', '工单已救出，不能再接单。'],
    ['The ticket is closed.', '工单已关闭。'],
    ['Not possible: a ticket that is closed cannot move to resolve.', '无法执行：已关闭的工单不能变为已处理。'],
    ['This needs the role butler or engineer in the estate alpha.', '需要在小区 alpha 担任 butler or engineer。'],
    ['x must be between 1 and 2.5 L/h.', 'x 必须在 1 与 2.5 L/h 之间。'],
  ])('%s', (en, zh) => expect(refusalInChinese(en)).toBe(zh));

  it('that is not known is told under the title of its kind', () => {
    const body = { statusCode: 409, code: 'conflict', message: 'Something quite new.' };
    expect(refusalInChinese(body.message)).toBeNull();
    expect(problemOf(body, 'zh', '/x').detail).toBe('与当前状态冲突：Something quite new.');
  });

  it('can be asked for of any text, in no time', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => typeof refusalInChinese(text) !== 'number'));
    const began = performance.now();
    refusalInChinese(`Not possible: ${'a ticket that is '.repeat(2000)}`);
    refusalInChinese(`x must be between ${'1 and '.repeat(2000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('docs/errors.md', () => {
  it('lists every kind of refusal as the service tells it', async () => {
    const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const rows = page.split('\n').flatMap((line) => {
      const cells = line.split('|').map((c) => c.trim());
      return /^`[a-z-]+`$/.test(cells[1] ?? '') ? [cells.slice(1, -1)] : [];
    });
    const wanted = Object.entries(ERROR_KINDS).map(([code, k]) => [
      `\`${code}\``,
      String(k.status),
      `${k.title.en} · ${k.title.zh}`,
      `${k.then.en} · ${k.then.zh}`,
    ]);
    expect(rows).toEqual(wanted);
  });
});
