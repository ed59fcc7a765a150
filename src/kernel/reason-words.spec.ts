import { describe, expect, it } from '@jest/globals';
import { reasonIn } from './reason-words.js';

describe('reasons in Chinese', () => {
  it('keep what is told, at its place', () => {
    expect(reasonIn('zh', 'occupied, not moving, door not open for 30 s outside the door zone')).toBe(
      '有人,未运行,非平层处门未打开已 30 秒',
    );
    expect(reasonIn('zh', 'pressure below 0.1 MPa for 300 s')).toBe('压力低于 0.1 MPa 已 300 秒');
    expect(reasonIn('zh', 'standing outside the door zone for 60 s, empty')).toBe('停在门区外 60 秒,轿厢无人');
  });

  it('say several levels one after the other, and why one came early', () => {
    expect(reasonIn('zh', 'level 1 is brought forward: a page below was not delivered in 10 s')).toBe(
      '第 1 级提前:下级呼叫 10 秒未送达',
    );
    expect(reasonIn('zh', 'level 0 is due after 0 s; level 1 is due after 60 s')).toBe(
      '第 0 级到时(开始后 0 秒);第 1 级到时(开始后 60 秒)',
    );
  });

  it('leave alone what people wrote, and English readers', () => {
    expect(reasonIn('zh', '业主说马上到家')).toBe('业主说马上到家');
    expect(reasonIn('zh', 'Mr Li has the key')).toBe('Mr Li has the key');
    expect(reasonIn('en', 'dry again')).toBe('dry again');
  });
});
