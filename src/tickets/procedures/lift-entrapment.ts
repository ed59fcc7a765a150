import type { Procedure } from '../procedure.js';
import { SKIP, step } from './step.js';

/**
 * Source: butlers' handbook, "Lift entrapment" (docs/domain.md, "Procedures"). Only trained staff open a car. Limits: start
 * of the rescue 3 min, release 30 min (the statutory clock), the rest from practice.
 */
export const LIFT_ENTRAPMENT: Procedure = {
  id: 'lift-entrapment',
  version: 1,
  shape: 'rescue',
  title: { zh: '电梯困人', en: 'Lift entrapment' },
  steps: [
    step(
      'calm',
      '开监控与对讲,安抚乘客:已派人救援,请勿扒门',
      'Open CCTV and intercom; calm the passengers: help is coming, do not force the door',
      'control-room',
      60,
      true,
      null,
      { skip: [{ zh: '对讲与监控均故障', en: 'Intercom and CCTV are both broken' }, SKIP.nobodyInside] },
    ),
    step(
      'ask',
      '询问人数、身体状况、所在楼层',
      'Ask how many, their health, which floor',
      'control-room',
      120,
      true,
      'note',
      {
        skip: [{ zh: '无人应答', en: 'Nobody answers' }, SKIP.nobodyInside],
      },
    ),
    step(
      'dispatch',
      '确认维保与巡逻岗已出发',
      'Confirm that contractor and patrol are on their way',
      'control-room',
      180,
      true,
      null,
      { skip: [SKIP.nobodyInside, { zh: '已自行脱困', en: 'They came out by themselves' }] },
    ),
    step(
      'landing',
      '到达厅门,保持通话,请围观者离开厅门',
      'Go to the landing, stay in contact, keep people away from the door',
      'butler',
      300,
      true,
      null,
      { skip: [SKIP.byOthers, { zh: '已自行脱困', en: 'They came out by themselves' }] },
    ),
    step(
      'release',
      '仅由维保或持证人员开门救出乘客(无人则确认轿厢已空)',
      'Contractor or trained staff only open the car and release the passengers (or confirm that it is empty)',
      'contractor',
      1800,
      true,
      'photo',
    ),
    step(
      'health',
      '询问身体与需要,必要时叫救护车,留联系方式',
      'Ask about health and needs, call an ambulance if asked, take contact details',
      'butler',
      null,
      true,
      'name',
      { after: ['release'], skip: [SKIP.nobodyInside, { zh: '当事人已离开', en: 'They had left already' }] },
    ),
    step(
      'examine',
      '维保检查合格后方可恢复运行',
      'Contractor examines the lift before it returns to service',
      'contractor',
      null,
      true,
      'note',
      {
        after: ['release'],
        skip: [{ zh: '电梯已停用,另开工单维修', en: 'Out of service, repaired under another ticket' }],
      },
    ),
    step(
      'visit',
      '当日上门致歉慰问',
      'Visit the trapped persons the same day, with an apology',
      'butler',
      null,
      false,
      'note',
      {
        after: ['release'],
        skip: [SKIP.nobodyInside, SKIP.refused, SKIP.unreachable],
      },
    ),
    step('relative', '告知报警亲属结果', 'Tell the relative who reported how it ended', 'butler', null, false, 'note', {
      after: ['release'],
      skip: [{ zh: '没有亲属报警', en: 'No relative had reported' }, SKIP.unreachable],
    }),
    step(
      'notice',
      '向住户通知原因与维修计划',
      'Notice to residents of the cause and the repair plan',
      'control-room',
      null,
      false,
      'photo',
      { skip: [SKIP.notNeeded, SKIP.byOthers] },
    ),
    step('teach', '讲解报警按钮的用法', 'Show how to use the alarm button', 'butler', null, false, null, {
      skip: [SKIP.notNeeded, SKIP.refused],
    }),
  ],
};
