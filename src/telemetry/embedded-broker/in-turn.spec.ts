import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InTurn } from './in-turn.js';

it('lets go in the order of holding, each once, whatever becomes ready first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e6), { maxLength: 60 }), (keys) => {
      const turns = new InTurn();
      const gone: number[] = [];
      const ready = keys.map((key, i) => ({ key, call: turns.hold(() => gone.push(i)) }));
      for (const r of [...ready].sort((a, b) => a.key - b.key)) {
        r.call();
        r.call();
      }
      expect(gone).toEqual(keys.map((_, i) => i));
    }),
  );
});
