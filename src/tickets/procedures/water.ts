import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Water from an empty unit". */
export const WATER_EMPTY_UNIT: Procedure = {
  id: 'water-empty-unit',
  version: 1,
  shape: 'contain',
  title: { zh: '空置房漏水', en: 'Water in an empty unit' },
  steps: [
    step('meter', '到水表间确认该户水表在走', 'Confirm the unit by its turning meter', 'butler', 600, true, 'reading'),
    step('owner', '联系业主,说明情况并取得同意', 'Call the owner, explain, get consent', 'butler', 900, true, 'name'),
    step(
      'enter',
      '业主同意后,与第二见证人持备用钥匙入户并全程录像',
      'With consent and a second witness, open with the kept key while filming',
      'butler',
      null,
      false,
      'photo',
    ),
    step('valve', '关闭入户阀', 'Close the unit valve', 'engineer', 1800, true, 'photo'),
    step('cause', '查明原因,检查楼下住户', 'Find the cause, check the unit below', 'engineer', null, true, 'note'),
    step(
      'tell',
      '逐步告知业主,资料归档',
      'Tell the owner step by step, archive photos and film',
      'butler',
      null,
      false,
    ),
  ],
};

/** Source: butlers' handbook, "Riser or main burst" and "Water from an empty unit". */
export const WATER_LEAK: Procedure = {
  id: 'water-leak',
  version: 1,
  shape: 'contain',
  title: { zh: '漏水处置', en: 'Water leak' },
  steps: [
    step('valve', '关闭所示阀门', 'Close the valve that is shown', 'engineer', 600, true, 'photo'),
    step('lifts', '近水电梯停梯并停在高层', 'Lifts near the water out of service, parked above', 'engineer', 600, true),
    step('warn', '通知受影响住户', 'Warn the affected units', 'butler', 900, true),
    step('dry', '排水清理', 'Pump and clear the water', 'engineer', null, true, 'photo'),
    step(
      'repair',
      '持证维修,检查同龄管段',
      'Licensed repair; check pipes of the same age',
      'engineer',
      null,
      true,
      'note',
    ),
    step('back', '通知恢复供水', 'Tell residents that water is back', 'butler', null, false),
  ],
};
