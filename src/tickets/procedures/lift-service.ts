import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Lift entrapment" (the contractor examines the lift before it returns to service) and "Building power lost". */
export const LIFT_OUT_OF_SERVICE: Procedure = {
  id: 'lift-out-of-service',
  version: 1,
  shape: 'plain',
  title: { zh: '电梯停用处置', en: 'Lift out of service' },
  steps: [
    step('people', '先确认轿厢内无人', 'First make sure that nobody is in the car', 'control-room', 180, true, 'note'),
    step(
      'contractor',
      '通知维保，记录到达时间',
      'Call the contractor, note when he arrives',
      'control-room',
      600,
      true,
      'note',
    ),
    step(
      'sign',
      '各层张贴停用告示，首层设围挡',
      'Notices on the landings, barrier at the ground floor',
      'butler',
      1800,
      true,
      'photo',
    ),
    step('help', '协助行动不便住户，安排备用梯', 'Help those who cannot climb; the other lift', 'butler', null, false),
    step(
      'examine',
      '维保检查合格后方可恢复',
      'The contractor examines it before it returns to service',
      'contractor',
      null,
      true,
      'note',
    ),
    step('notice', '通知恢复与原因', 'Tell when it runs again, and why it stood', 'butler', null, false),
  ],
};

/** Source: butlers' handbook, "Riser or main burst" (lifts near water are parked above). */
export const PIT_WATER: Procedure = {
  id: 'pit-water',
  version: 1,
  shape: 'contain',
  title: { zh: '底坑进水处置', en: 'Water in a lift pit' },
  steps: [
    step('park', '电梯停至高层并断电', 'Park the car above, switch it off', 'contractor', 600, true),
    step('people', '确认轿厢内无人', 'Make sure that nobody is in the car', 'control-room', 180, true),
    step('source', '查找并截断水源', 'Find the water and stop it', 'engineer', 900, true, 'photo'),
    step('pump', '抽水、干燥底坑', 'Pump the pit, dry it', 'engineer', null, true, 'photo'),
    step(
      'examine',
      '维保检查合格后方可恢复',
      'The contractor examines the lift before it returns to service',
      'contractor',
      null,
      true,
      'note',
    ),
  ],
};
