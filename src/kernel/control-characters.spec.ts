import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasControlCharacters, printable } from './control-characters.js';

describe('control characters', () => {
  it.each(['\u0000', '\n', '\t', '\u001b[31m', '\u007f', '\u0085', '\u009f'])('are seen anywhere: %j', (c) => {
    for (const text of [c, `a${c}`, `${c}b`, `电${c}梯`]) expect(hasControlCharacters(text)).toBe(true);
  });

  it.each(['', 'jy-6-lift-w', '电梯', 'é', '\u00a0', '🛗'])('are not seen where there are none: %j', (text) => {
    expect(hasControlCharacters(text)).toBe(false);
  });
});

describe('text that is shown to a person', () => {
  it('has a dot for each of them and for what was no text, and keeps lines and tabs', () => {
    expect(printable('a\u0000b\u001bc\ufffdd\ne\tf')).toBe('a·b·c·d\ne\tf');
  });

  it('is as long as it was and can be stored, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect([...shown]).toHaveLength([...text].length);
        expect(hasControlCharacters(shown.replace(/[\n\t]/g, ''))).toBe(false);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
