import { describe, expect, it } from '@jest/globals';
import { boundedExpression } from './bounded-expression.js';

const of = (text: string, input: unknown = {}) => boundedExpression(text).evaluate(input);

describe('an expression of a profile', () => {
  it('gives a value, or none', async () => {
    expect(await of('a.b * 2', { a: { b: 3 } })).toEqual({ ok: true, value: 6 });
    expect(await of('missing', {})).toEqual({ ok: true, value: undefined });
    expect(await of('s = "leak" ? true : s = "dry" ? false', { s: 'odd' })).toEqual({ ok: true, value: undefined });
    expect(await of('$error("not a state: " & s)', { s: 'odd' })).toMatchObject({ ok: false });
    expect(await of('$number(v) / 10', { v: '12' })).toEqual({ ok: true, value: 1.2 });
  });

  it.each([
    ['a loop of its own', '($f := function($n){$f($n+1)}; $f(0))'],
    ['a lambda', 'function($x){$x}(1)'],
    ['a regular expression', '$contains(a, /(a+)+$/)'],
    ['a range', '[1..10000000]'],
    ['a text of any length', '$pad("x", 100000000)'],
    ['code in data', '$eval(a)'],
    ['every descendant', '**.**.**'],
    ['a variable', '($a := 1; $a)'],
    ['a higher-order function', '$map([1,2], $string)'],
    ['a transformation', '$ ~> |a|{"b":1}|'],
    ['a replacement', '$replace(a, "x", "y")'],
    ['something unfinished', 'a.b['],
  ])('may not hold %s', (_, text) => {
    expect(() => boundedExpression(text)).toThrow();
  });

  it('is given up when it takes too many steps, and the service goes on meanwhile', async () => {
    const many = { x: Array.from({ length: 300 }, (_, i) => ({ x: i })) };
    const began = performance.now();
    const answer = await of('x.($$.x.($$.x.x))', many);
    expect(answer).toMatchObject({ ok: false });
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('is given up when it makes texts or lists without bound', async () => {
    const doubling = `a${'.($ & $)'.repeat(60)}`;
    const began = performance.now();
    expect(await of(doubling, { a: 'x' })).toMatchObject({ ok: false });
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('goes on well after it was given up once', async () => {
    const e = boundedExpression('x.($$.x.($$.x.y))');
    const many = { x: Array.from({ length: 300 }, () => ({ y: 1 })) };
    expect(await e.evaluate(many)).toMatchObject({ ok: false });
    expect(await e.evaluate({ x: { y: 7 } })).toEqual({ ok: true, value: 7 });
  });
});
