import { describe, expect, it } from '@jest/globals';
import { EVENTS, type EventName } from '../../kernel/events.js';
import { composeNotice, type NoticeFacts } from './compose-notice.js';

const facts = (event: EventName, more: Partial<NoticeFacts> = {}): NoticeFacts => ({
  ...{ event, place: { zh: '6栋 西梯', en: 'Building 6 west lift' }, began: '02:41', over: null, drill: false },
  ...{ valve: null, until: null, below: [], above: [] },
  ...more,
});

describe('a notice to residents', () => {
  it('says what has happened, what to do now, and when it ends', () => {
    expect(composeNotice('begin', facts('elevator.entrapment-between-floors', { until: '04:00' }))).toEqual({
      title: { zh: '【通知】电梯故障救援中', en: '[Notice] Lift rescue under way' },
      text: {
        zh: [
          '6栋 西梯于 02:41 电梯发生故障，正在救援，工作人员正在处理。',
          '请您：改乘其他电梯或走楼梯，不要按动或扒开该电梯层门，给救援人员让出通道。',
          '预计 04:00 前恢复。',
        ].join('\n'),
        en: expect.stringContaining('Expected to be over by 04:00.'),
      },
    });
  });

  it('of water says which valve, who stops using water, and who looks at his ceiling', () => {
    const told = composeNotice('begin', facts('pipe.leak', { valve: 'V-3', above: ['602', '702'], below: ['402'] }));
    expect(told?.text.zh).toContain('阀门 V-3');
    expect(told?.text.zh).toContain('602、702 请暂停用水和排水');
    expect(told?.text.zh).toContain('402 请查看天花板');
    expect(told?.text.en).toContain('We shall tell you when it will be over.');
    expect(composeNotice('begin', facts('building.power-lost', { valve: 'V-3' }))?.text.zh).not.toContain('V-3');
  });

  it('says at the end that it is over, and marks a drill as one', () => {
    const told = composeNotice('over', facts('building.power-lost', { over: '03:10', drill: true }));
    expect(told?.title.zh).toBe('【演练】【已恢复】楼栋停电');
    expect(told?.text.zh).toContain('供电已恢复（02:41—03:10）');
  });

  it.each(['gate.duress', 'meter.no-use-welfare', 'meter.vacant-flow', 'gate.forced-open', 'device.offline'] as const)(
    'is not made of %s: that is not for the whole house',
    (event) => expect(composeNotice('begin', facts(event))).toBeNull(),
  );

  it('is complete in both languages for every event of which it is made', () => {
    for (const event of Object.keys(EVENTS) as EventName[]) {
      for (const kind of ['begin', 'over'] as const) {
        const told = composeNotice(kind, facts(event));
        for (const text of told ? [told.title.zh, told.title.en, told.text.zh, told.text.en] : []) {
          expect(text).not.toMatch(/undefined|null|\{|\}/);
          expect(text.length).toBeGreaterThan(5);
        }
      }
    }
  });
});
