import type { Procedure } from '../procedure.js';
import { SKIP, step } from './step.js';
import { whoPays } from './water.js';

/** Source: butlers' handbook, "Lift entrapment" (the contractor examines the lift before it returns to service) and "Building power lost". */
export const LIFT_OUT_OF_SERVICE: Procedure = {
  id: 'lift-out-of-service',
  version: 1,
  shape: 'plain',
  title: { zh: '电梯停用处置', en: 'Lift out of service' },
  steps: [
    step('people', '先确认轿厢内无人', 'First make sure that nobody is in the car', 'control-room', 180, true, 'note', {
      skip: [{ zh: '门大开,轿厢可见为空', en: 'The door is open and the car is seen to be empty' }],
    }),
    step(
      'contractor',
      '通知维保，记录到达时间',
      'Call the contractor, note when he arrives',
      'control-room',
      600,
      true,
      'note',
      { skip: [{ zh: '电梯已自行恢复', en: 'The lift runs again by itself' }, SKIP.byOthers] },
    ),
    step(
      'sign',
      '各层张贴停用告示，首层设围挡',
      'Notices on the landings, barrier at the ground floor',
      'butler',
      1800,
      true,
      'photo',
      { skip: [{ zh: '电梯已自行恢复', en: 'The lift runs again by itself' }] },
    ),
    step(
      'help',
      '协助行动不便住户，安排备用梯',
      'Help those who cannot climb; the other lift',
      'butler',
      null,
      false,
      null,
      {
        skip: [SKIP.notNeeded],
      },
    ),
    step(
      'examine',
      '维保检查合格后方可恢复',
      'The contractor examines it before it returns to service',
      'contractor',
      null,
      true,
      'note',
      { after: ['people'], skip: [{ zh: '仅为楼栋停电,未损坏', en: 'Only the building’s power, nothing broke' }] },
    ),
    whoPays([]),
    step('notice', '通知恢复与原因', 'Tell when it runs again, and why it stood', 'butler', null, false, null, {
      skip: [SKIP.notNeeded],
    }),
  ],
};

/** Source: butlers' handbook, "Riser or main burst" (lifts near water are parked above). */
export const PIT_WATER: Procedure = {
  id: 'pit-water',
  version: 1,
  shape: 'contain',
  title: { zh: '底坑进水处置', en: 'Water in a lift pit' },
  steps: [
    step('park', '电梯停至高层并断电', 'Park the car above, switch it off', 'contractor', 600, true, null, {
      skip: [{ zh: '已由物业停梯断电', en: 'Switched off by our own staff' }],
    }),
    step('people', '确认轿厢内无人', 'Make sure that nobody is in the car', 'control-room', 180, true, null, {
      skip: [{ zh: '门大开,轿厢可见为空', en: 'The door is open and the car is seen to be empty' }],
    }),
    step('source', '查找并截断水源', 'Find the water and stop it', 'engineer', 900, true, 'photo', {
      skip: [{ zh: '雨水,已停', en: 'Rain, and it has stopped' }],
    }),
    step('pump', '抽水、干燥底坑', 'Pump the pit, dry it', 'engineer', null, true, 'photo', { skip: [SKIP.dry] }),
    step(
      'examine',
      '维保检查合格后方可恢复',
      'The contractor examines the lift before it returns to service',
      'contractor',
      null,
      true,
      'note',
      {
        after: ['pump'],
        skip: [{ zh: '电梯已停用,另开工单维修', en: 'Out of service, repaired under another ticket' }],
      },
    ),
    whoPays([]),
  ],
};
