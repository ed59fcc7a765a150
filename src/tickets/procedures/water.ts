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

/** Source: butlers' handbook, "Riser or main burst". */
export const RISER_BURST: Procedure = {
  id: 'riser-burst',
  version: 1,
  shape: 'contain',
  title: { zh: '立管或干管爆管处置', en: 'Riser or main burst' },
  steps: [
    step('valve', '关闭所示阀门', 'Close the valve that is shown', 'engineer', 600, true, 'photo'),
    step('pumps', '停生活泵', 'Stop the pumps', 'engineer', 600, true),
    step('lifts', '近水电梯停梯并停在高层', 'Lifts near the water out of service, parked above', 'engineer', 600, true),
    step('warn', '通知受影响住户', 'Warn the affected units', 'butler', 900, true),
    step('clear', '排水清理', 'Clear the water', 'engineer', null, true, 'photo'),
    step('repair', '持证维修', 'Licensed repair', 'engineer', null, true, 'note'),
    step('others', '检查同龄管段', 'Check the other pipes of the same age', 'engineer', null, false, 'note'),
    step(
      'damage',
      '受损清单并拍照，供保险',
      'List of the damage with photos, for the insurance',
      'butler',
      null,
      true,
      'photo',
    ),
    step('back', '通知恢复供水', 'Tell residents when water is back', 'butler', null, true),
  ],
};

/** Source: butlers' handbook, "Water from an empty unit" (backflow). */
export const BACKFLOW: Procedure = {
  id: 'backflow',
  version: 1,
  shape: 'contain',
  title: { zh: '反水堵塞处置', en: 'Drain backs up' },
  steps: [
    step('units', '通知上方住户暂停使用该排水管', 'Ask the units above to stop using that drain', 'butler', 600, true),
    step('place', '到最低处确认溢水点与住户', 'Find where it floods, at the lowest unit', 'butler', 600, true, 'photo'),
    step('unblock', '疏通排水管', 'Unblock the drain', 'engineer', 1800, true, 'photo'),
    step('dry', '抽排、清洁、消毒', 'Pump, clean, disinfect', 'engineer', null, true, 'photo'),
    step('below', '检查楼下住户', 'Check the unit below', 'butler', null, true, 'note'),
    step('tell', '告知上方住户可恢复使用，资料归档', 'Tell the units above; archive photos', 'butler', null, false),
    step('regular', '入冬与节前安排立管清掏', 'Riser cleaning before winter and holidays', 'engineer', null, false),
  ],
};

/** Source: butlers' handbook, "Frozen pipe or drain": often a bare, unheated empty unit below. */
export const FROZEN_PIPE: Procedure = {
  id: 'frozen-pipe',
  version: 1,
  shape: 'contain',
  title: { zh: '管道冻结处置', en: 'Frozen pipe or drain' },
  steps: [
    step(
      'owner',
      '查明低温房屋业主（登记可能仍为原业主）',
      'Find the owner of the cold unit (the register may still hold the seller)',
      'butler',
      1800,
      true,
      'name',
    ),
    step('key', '取得同意与钥匙', 'Get consent and the key', 'butler', null, true, 'name'),
    step(
      'thaw',
      '缓慢解冻并保温，禁用明火',
      'Thaw gently and insulate; no open flame',
      'engineer',
      null,
      true,
      'photo',
    ),
    step(
      'leak',
      '解冻时检查漏水，备好关阀',
      'Look for the leak on thaw, ready to close the valve',
      'engineer',
      null,
      true,
      'note',
    ),
    step('air', '回暖后通风', 'Ventilate later', 'butler', null, false),
    step(
      'others',
      '寒潮前巡查空置房，关阀泄空支管',
      'Before a cold wave: inspect empty units, close and drain their branches',
      'engineer',
      null,
      false,
      'note',
    ),
  ],
};
