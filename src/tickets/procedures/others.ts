import type { Procedure } from '../procedure.js';
import { SKIP, step } from './step.js';

/** Source: butlers' handbook, "Door found open". */
export const DOOR_OPEN: Procedure = {
  id: 'door-open',
  version: 1,
  shape: 'plain',
  title: { zh: '门长开处置', en: 'Door found open' },
  steps: [
    step(
      'close',
      '巡逻岗到场检查并关门,拍照',
      'Patrol checks and closes the door, photo',
      'security',
      900,
      true,
      'photo',
      { skip: [{ zh: '到场时已关好', en: 'Closed already when the patrol came' }, SKIP.byOthers] },
    ),
    step(
      'repeat',
      '同门多次:报修合页/闭门器',
      'Repeated on one door: order repair of hinge or closer',
      'engineer',
      null,
      false,
      'note',
      { after: ['close'], skip: [SKIP.firstTime] },
    ),
    step('tell', '答复来询住户', 'Tell the resident who asked', 'butler', null, false, null, {
      skip: [{ zh: '无人询问', en: 'Nobody asked' }],
    }),
  ],
};

/** Source: domain, `gate.duress`: silent; nothing rings, lights or is spoken at the site. */
export const DURESS: Procedure = {
  id: 'duress',
  version: 1,
  shape: 'plain',
  title: { zh: '胁迫开门处置', en: 'Duress at a door' },
  steps: [
    step(
      'watch',
      '调看监控,不呼叫现场,不触发声光',
      'Watch by CCTV; do not call the place; no sound or light there',
      'control-room',
      60,
      true,
      null,
      { skip: [{ zh: '该门无监控', en: 'No camera there' }] },
    ),
    step('police', '确认后拨打110', 'Call the police (110) once confirmed', 'control-room', 180, true, 'note', {
      skip: [{ zh: '本人确认误输', en: 'The person says that it was a slip' }],
    }),
    step(
      'approach',
      '至少两人隐蔽接近,保持联系',
      'Approach unseen, at least two, stay in contact',
      'security',
      300,
      true,
      null,
      { skip: [{ zh: '警方要求勿接近', en: 'The police want nobody near' }, SKIP.unsafe] },
    ),
    step('care', '事后安抚当事人,保存录像', 'Look after the person, keep the recording', 'butler', null, true, 'note', {
      skip: [SKIP.refused, SKIP.unreachable],
    }),
  ],
};

/** Source: butlers' handbook, "Building power lost". */
export const BUILDING_POWER: Procedure = {
  id: 'building-power-lost',
  version: 1,
  shape: 'plain',
  title: { zh: '楼栋停电处置', en: 'Building power lost' },
  steps: [
    step('lifts', '逐台确认电梯内有无被困人员', 'Check every lift for people first', 'butler', 300, true, 'note', {
      skip: [{ zh: '本楼没有电梯', en: 'The building has no lift' }],
    }),
    step('pumps', '检查应急照明与水泵', 'Check emergency light and pumps', 'engineer', 900, true, null, {
      skip: [SKIP.noEquipment],
    }),
    step('utility', '联系供电公司', 'Call the utility', 'engineer', 900, true, 'note', {
      skip: [{ zh: '内部故障,与供电公司无关', en: 'A fault of our own, not the utility’s' }],
    }),
    step('notice', '通知住户', 'Notice to residents', 'butler', null, false, null, { skip: [SKIP.notNeeded] }),
  ],
};

/** Source: butlers' handbook, "Device trouble". */
export const DEVICE_TROUBLE: Procedure = {
  id: 'device-trouble',
  version: 1,
  shape: 'plain',
  title: { zh: '设备故障处置', en: 'Device trouble' },
  steps: [
    step('check', '检查供电、网络、电池', 'Check power, network, battery', 'engineer', null, true, null, {
      skip: [SKIP.noAccess],
    }),
    step('swap', '更换故障件', 'Swap what is broken', 'engineer', null, false, 'note', {
      after: ['check'],
      skip: [SKIP.notNeeded, { zh: '等待备件', en: 'Waiting for the part' }],
    }),
    step('test', '测试并记录', 'Test it, note', 'engineer', null, true, 'note', {
      after: ['check'],
      skip: [{ zh: '另开工单维修', en: 'Repaired under another ticket' }],
    }),
  ],
};
