import type { Procedure } from '../procedure.js';
import { step } from './step.js';

/** Source: butlers' handbook, "Gate stuck at rush hour". */
export const GATE_STUCK: Procedure = {
  id: 'gate-stuck',
  version: 1,
  shape: 'plain',
  title: { zh: '道闸故障处置', en: 'Gate stuck' },
  steps: [
    step('go', '巡逻岗立即到车道', 'Patrol to the lane at once', 'security', 180, true),
    step('lift', '手动抬杆并固定', 'Lift the boom by hand and secure it', 'security', 300, true, 'photo'),
    step('out', '先放出场车辆，礼貌疏导', 'Let cars out first; guide politely', 'security', 300, true),
    step('second', '开启备用车道', 'Open the second lane', 'control-room', 300, false),
    step('vendor', '通知道闸厂家维修', 'Call the vendor', 'engineer', 900, true, 'note'),
    step(
      'log',
      '登记每次人工放行，费用事后结清',
      'Log every manual passage; fees are settled afterwards',
      'security',
      null,
      true,
      'note',
    ),
    step('test', '修复后连续开合两次确认', 'After the repair see it open and close twice', 'engineer', null, true),
  ],
};

/** Source: butlers' handbook, "Door found open", for a door that somebody opened by force. */
export const DOOR_FORCED: Procedure = {
  id: 'door-forced',
  version: 1,
  shape: 'plain',
  title: { zh: '强行开门处置', en: 'Door forced open' },
  steps: [
    step(
      'watch',
      '调看该门监控，判断是否有人进入',
      'Look at the camera: has anybody gone in',
      'control-room',
      60,
      true,
      'note',
    ),
    step(
      'go',
      '至少两人到场查看，不单独搜寻',
      'At least two go and look; nobody searches alone',
      'security',
      300,
      true,
      'photo',
    ),
    step(
      'police',
      '确认闯入：拨打110，保留录像',
      'An intruder: call the police (110), keep the recording',
      'control-room',
      null,
      false,
      'note',
    ),
    step('close', '关门并检查门锁', 'Close the door, check its lock', 'security', 900, true, 'photo'),
    step('repair', '报修门锁、合页或闭门器', 'Order the repair of lock, hinge or closer', 'engineer', null, false),
    step('tell', '答复来询住户', 'Tell the residents who asked', 'butler', null, false),
  ],
};

/** Domain, `gate.denied-burst` and `gate.tamper`: somebody tries, or works at the reader. */
export const GATE_TRIED: Procedure = {
  id: 'gate-tried',
  version: 1,
  shape: 'plain',
  title: { zh: '门禁异常处置', en: 'Somebody tries a gate' },
  steps: [
    step('watch', '调看监控，辨认人员', 'Look at the camera: who is it', 'control-room', 300, true, 'note'),
    step('go', '巡逻岗到场询问、核对身份', 'Patrol goes, asks, checks who it is', 'security', 900, true),
    step('check', '检查读卡器与控制箱是否被拆动', 'Check the reader and its box', 'engineer', null, false, 'photo'),
  ],
};
