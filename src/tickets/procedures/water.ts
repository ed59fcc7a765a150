import type { Procedure, ProcedureStep } from '../procedure.js';
import { SKIP, step } from './step.js';

/** Handbook, "Ownership of a repair": recorded on the ticket. */
export const whoPays = (after: readonly string[]): ProcedureStep =>
  step(
    'payer',
    '维修责任:保修期内通知施工单位(逾期另请第三方);保修期外报价给业主;公共部位用维修资金',
    'Whose repair: in warranty the builder’s contractor by notice (a third party if overdue); outside a quote to the owner; common parts the maintenance fund',
    'supervisor',
    null,
    false,
    'note',
    { after, skip: [{ zh: '无需维修', en: 'Nothing to repair' }] },
  );

/** Source: butlers' handbook, "Water from an empty unit (spinning meter, seepage under the door, backflow)". */
export const WATER_EMPTY_UNIT: Procedure = {
  id: 'water-empty-unit',
  version: 1,
  shape: 'contain',
  title: { zh: '空置房漏水', en: 'Water in an empty unit' },
  steps: [
    step('scene', '数分钟内到达现场', 'Be on the scene within minutes', 'butler', 300, true, null, {
      skip: [SKIP.byOthers],
    }),
    step('meter', '到水表间确认该户水表在走', 'Confirm the unit by its turning meter', 'butler', 600, true, 'reading', {
      skip: [{ zh: '水表间无法进入', en: 'The meter cupboard cannot be opened' }],
    }),
    step('owner', '联系业主,说明情况并取得同意', 'Call the owner, explain, get consent', 'butler', 900, true, 'name', {
      skip: [SKIP.unreachable, SKIP.refused],
    }),
    step(
      'enter',
      '业主同意后,与第二见证人持备用钥匙入户并全程录像',
      'With consent and a second witness, open with the kept key while filming',
      'butler',
      null,
      false,
      'photo',
      { after: ['owner'], skip: [{ zh: '没有备用钥匙', en: 'No key is kept' }, SKIP.refused, SKIP.notNeeded] },
    ),
    step(
      'no-key',
      '无钥匙:联系中介、业主或亲属到场开门',
      'No key: the agency, the owner or a relative opens',
      'butler',
      null,
      false,
      'name',
      { after: ['owner'], skip: [{ zh: '已用备用钥匙入户', en: 'Opened with the kept key' }, SKIP.notNeeded] },
    ),
    step('valve', '关闭入户阀', 'Close the unit valve', 'engineer', 1800, true, 'photo', {
      skip: [{ zh: '阀门损坏,已关立管阀', en: 'The valve is broken; the riser’s is closed' }],
    }),
    step('cause', '查明原因', 'Find the cause', 'engineer', null, true, 'note', {
      skip: [{ zh: '未能入户', en: 'Nobody could enter' }],
    }),
    step(
      'drain',
      '反水:请上方住户暂停使用该排水管并疏通',
      'Backflow: ask the units above to stop using that drain, unblock it',
      'engineer',
      null,
      false,
      'note',
      { skip: [{ zh: '不是反水', en: 'It is no backflow' }] },
    ),
    step('dry', '抽水、晾干', 'Pump and dry', 'engineer', null, true, 'photo', { skip: [SKIP.dry] }),
    step('below', '检查楼下住户', 'Check the unit below', 'butler', null, true, 'note', {
      skip: [{ zh: '楼下无住户', en: 'Nothing below' }, SKIP.noAccess],
    }),
    step('archive', '照片与录像归档', 'Archive photos and film', 'butler', null, false, 'photo', {
      skip: [{ zh: '没有影像', en: 'There are none' }],
    }),
    step('tell', '逐步告知业主', 'Tell the owner step by step', 'butler', null, false, 'note', {
      skip: [SKIP.unreachable],
    }),
    whoPays(['cause']),
    step(
      'regular',
      '入冬与节前安排立管清掏',
      'Riser cleaning before winter and holidays',
      'engineer',
      null,
      false,
      null,
      {
        skip: [{ zh: '不是反水', en: 'It is no backflow' }],
      },
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
    step('valve', '关闭所示阀门', 'Close the valve that is shown', 'engineer', 600, true, 'photo', {
      skip: [{ zh: '水已自停', en: 'The water had stopped by itself' }],
    }),
    step(
      'lifts',
      '近水电梯停梯并停在高层',
      'Lifts near the water out of service, parked above',
      'engineer',
      600,
      true,
      null,
      { skip: [{ zh: '附近没有电梯', en: 'No lift is near' }] },
    ),
    step('warn', '通知受影响住户', 'Warn the affected units', 'butler', 900, true, null, {
      skip: [{ zh: '没有受影响住户', en: 'No unit is affected' }],
    }),
    step('below', '检查楼下住户', 'Check the unit below', 'butler', null, true, 'note', {
      skip: [{ zh: '楼下无住户', en: 'Nothing below' }, SKIP.noAccess],
    }),
    step('dry', '排水清理', 'Pump and clear the water', 'engineer', null, true, 'photo', { skip: [SKIP.dry] }),
    step(
      'repair',
      '持证维修,检查同龄管段',
      'Licensed repair; check pipes of the same age',
      'engineer',
      null,
      true,
      'note',
      { skip: [{ zh: '另开工单维修', en: 'Repaired under another ticket' }] },
    ),
    whoPays([]),
    step('back', '通知恢复供水', 'Tell residents that water is back', 'butler', null, false, null, {
      skip: [{ zh: '未停水', en: 'The water was not cut off' }],
    }),
  ],
};

/** Source: butlers' handbook, "Riser or main burst". */
export const RISER_BURST: Procedure = {
  id: 'riser-burst',
  version: 1,
  shape: 'contain',
  title: { zh: '立管或干管爆管处置', en: 'Riser or main burst' },
  steps: [
    step('valve', '关闭所示阀门', 'Close the valve that is shown', 'engineer', 600, true, 'photo', {
      skip: [{ zh: '阀门损坏,已关上级阀', en: 'The valve is broken; the one before it is closed' }],
    }),
    step('pumps', '停生活泵', 'Stop the pumps', 'engineer', 600, true, null, { skip: [SKIP.noEquipment] }),
    step(
      'lifts',
      '近水电梯停梯并停在高层',
      'Lifts near the water out of service, parked above',
      'engineer',
      600,
      true,
      null,
      { skip: [{ zh: '附近没有电梯', en: 'No lift is near' }] },
    ),
    step('warn', '通知受影响住户', 'Warn the affected units', 'butler', 900, true, null, {
      skip: [{ zh: '没有受影响住户', en: 'No unit is affected' }],
    }),
    step('clear', '排水清理', 'Clear the water', 'engineer', null, true, 'photo', { skip: [SKIP.dry] }),
    step('repair', '持证维修', 'Licensed repair', 'engineer', null, true, 'note', {
      after: ['valve'],
      skip: [{ zh: '另开工单维修', en: 'Repaired under another ticket' }],
    }),
    step('others', '检查同龄管段', 'Check the other pipes of the same age', 'engineer', null, false, 'note', {
      skip: [SKIP.noAccess],
    }),
    step(
      'damage',
      '受损清单并拍照，供保险',
      'List of the damage with photos, for the insurance',
      'butler',
      null,
      true,
      'photo',
      { skip: [{ zh: '没有损失', en: 'There is no damage' }] },
    ),
    whoPays([]),
    step('back', '通知恢复供水', 'Tell residents when water is back', 'butler', null, true, null, {
      after: ['repair'],
      skip: [{ zh: '未停水', en: 'The water was not cut off' }],
    }),
  ],
};

/** Source: butlers' handbook, "Water from an empty unit" (backflow). */
export const BACKFLOW: Procedure = {
  id: 'backflow',
  version: 1,
  shape: 'contain',
  title: { zh: '反水堵塞处置', en: 'Drain backs up' },
  steps: [
    step(
      'units',
      '通知上方住户暂停使用该排水管',
      'Ask the units above to stop using that drain',
      'butler',
      600,
      true,
      null,
      {
        skip: [{ zh: '上方无住户', en: 'Nobody lives above' }],
      },
    ),
    step(
      'place',
      '到最低处确认溢水点与住户',
      'Find where it floods, at the lowest unit',
      'butler',
      600,
      true,
      'photo',
      {
        skip: [SKIP.noAccess],
      },
    ),
    step('unblock', '疏通排水管', 'Unblock the drain', 'engineer', 1800, true, 'photo', {
      skip: [{ zh: '已自行畅通', en: 'It runs again by itself' }],
    }),
    step('dry', '抽排、清洁、消毒', 'Pump, clean, disinfect', 'engineer', null, true, 'photo', { skip: [SKIP.dry] }),
    step('below', '检查楼下住户', 'Check the unit below', 'butler', null, true, 'note', {
      skip: [{ zh: '楼下无住户', en: 'Nothing below' }, SKIP.noAccess],
    }),
    step(
      'tell',
      '告知上方住户可恢复使用，资料归档',
      'Tell the units above; archive photos',
      'butler',
      null,
      false,
      null,
      {
        after: ['unblock'],
        skip: [SKIP.notNeeded],
      },
    ),
    whoPays([]),
    step(
      'regular',
      '入冬与节前安排立管清掏',
      'Riser cleaning before winter and holidays',
      'engineer',
      null,
      false,
      null,
      {
        skip: [SKIP.notNeeded],
      },
    ),
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
      { skip: [{ zh: '公共部位', en: 'A common part' }, SKIP.unreachable] },
    ),
    step('key', '取得同意与钥匙', 'Get consent and the key', 'butler', null, true, 'name', {
      after: ['owner'],
      skip: [{ zh: '公共部位', en: 'A common part' }, SKIP.refused],
    }),
    step(
      'thaw',
      '缓慢解冻并保温，禁用明火',
      'Thaw gently and insulate; no open flame',
      'engineer',
      null,
      true,
      'photo',
      { skip: [{ zh: '未冻结', en: 'Nothing was frozen' }, SKIP.noAccess] },
    ),
    step(
      'leak',
      '解冻时检查漏水，备好关阀',
      'Look for the leak on thaw, ready to close the valve',
      'engineer',
      null,
      true,
      'note',
      { after: ['thaw'], skip: [{ zh: '未冻结', en: 'Nothing was frozen' }] },
    ),
    step('air', '回暖后通风', 'Ventilate later', 'butler', null, false, null, { skip: [SKIP.notNeeded] }),
    whoPays([]),
    step(
      'others',
      '寒潮前巡查空置房，关阀泄空支管',
      'Before a cold wave: inspect empty units, close and drain their branches',
      'engineer',
      null,
      false,
      'note',
      { skip: [{ zh: '没有空置房', en: 'No unit is empty' }] },
    ),
  ],
};
