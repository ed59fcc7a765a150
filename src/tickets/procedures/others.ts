import type { Procedure } from '../procedure.js';
import { step } from './step.js';

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
    ),
    step(
      'repeat',
      '同门多次:报修合页/闭门器',
      'Repeated on one door: order repair of hinge or closer',
      'engineer',
      null,
      false,
    ),
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
    ),
    step('police', '确认后拨打110', 'Call the police (110) once confirmed', 'control-room', 180, true, 'note'),
    step(
      'approach',
      '至少两人隐蔽接近,保持联系',
      'Approach unseen, at least two, stay in contact',
      'security',
      300,
      true,
    ),
    step('care', '事后安抚当事人,保存录像', 'Look after the person, keep the recording', 'butler', null, true, 'note'),
  ],
};

/** Source: butlers' handbook, "Building power lost". */
export const BUILDING_POWER: Procedure = {
  id: 'building-power-lost',
  version: 1,
  shape: 'plain',
  title: { zh: '楼栋停电处置', en: 'Building power lost' },
  steps: [
    step('lifts', '逐台确认电梯内有无被困人员', 'Check every lift for people first', 'butler', 300, true, 'note'),
    step('pumps', '检查应急照明与水泵', 'Check emergency light and pumps', 'engineer', 900, true),
    step('utility', '联系供电公司', 'Call the utility', 'engineer', 900, true, 'note'),
    step('notice', '通知住户', 'Notice to residents', 'butler', null, false),
  ],
};

/** Source: butlers' handbook, "Device trouble". */
export const DEVICE_TROUBLE: Procedure = {
  id: 'device-trouble',
  version: 1,
  shape: 'plain',
  title: { zh: '设备故障处置', en: 'Device trouble' },
  steps: [
    step('check', '检查供电、网络、电池', 'Check power, network, battery', 'engineer', null, true),
    step('test', '更换后测试并记录', 'Swap, test, note', 'engineer', null, true, 'note'),
  ],
};
