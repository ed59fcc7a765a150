import type { Procedure } from '../procedure.js';
import { SKIP, step } from './step.js';

/** Source: butlers' handbook, "Gate stuck at rush hour". */
export const GATE_STUCK: Procedure = {
  id: 'gate-stuck',
  version: 1,
  shape: 'plain',
  title: { zh: '道闸故障处置', en: 'Gate stuck' },
  steps: [
    step('go', '巡逻岗立即到车道', 'Patrol to the lane at once', 'security', 180, true, null, {
      skip: [SKIP.byOthers],
    }),
    step('lift', '手动抬杆并固定', 'Lift the boom by hand and secure it', 'security', 300, true, 'photo', {
      skip: [{ zh: '道闸已自行恢复', en: 'The barrier works again by itself' }, SKIP.unsafe],
    }),
    step('out', '先放出场车辆，礼貌疏导', 'Let cars out first; guide politely', 'security', 300, true, null, {
      skip: [{ zh: '无车辆等候', en: 'No car is waiting' }],
    }),
    step('second', '开启备用车道', 'Open the second lane', 'control-room', 300, false, null, {
      skip: [{ zh: '只有一条车道', en: 'There is only one lane' }, SKIP.notNeeded],
    }),
    step('vendor', '通知道闸厂家维修', 'Call the vendor', 'engineer', 900, true, 'note', {
      skip: [{ zh: '自行修复', en: 'Repaired by ourselves' }],
    }),
    step('log', '登记每次人工放行', 'Log every manual passage', 'security', null, true, 'note', {
      skip: [{ zh: '没有人工放行', en: 'Nobody was let through by hand' }],
    }),
    step(
      'fees',
      '人工放行的费用事后结清',
      'Settle the fees of manual passages afterwards',
      'control-room',
      null,
      false,
      'note',
      {
        after: ['log'],
        skip: [{ zh: '没有应收费用', en: 'No fee is due' }],
      },
    ),
    step(
      'test',
      '修复后连续开合两次确认',
      'After the repair see it open and close twice',
      'engineer',
      null,
      true,
      null,
      {
        skip: [{ zh: '另开工单维修', en: 'Repaired under another ticket' }],
      },
    ),
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
      { skip: [{ zh: '该门无监控', en: 'No camera there' }] },
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
      { skip: [{ zh: '无人闯入', en: 'Nobody went in' }] },
    ),
    step('close', '关门并检查门锁', 'Close the door, check its lock', 'security', 900, true, 'photo', {
      skip: [{ zh: '门已损坏,无法关闭', en: 'The door is broken and does not close' }],
    }),
    step(
      'repair',
      '报修门锁、合页或闭门器',
      'Order the repair of lock, hinge or closer',
      'engineer',
      null,
      false,
      null,
      {
        skip: [SKIP.notNeeded],
      },
    ),
    step('tell', '答复来询住户', 'Tell the residents who asked', 'butler', null, false, null, {
      skip: [{ zh: '无人询问', en: 'Nobody asked' }],
    }),
  ],
};

/** Domain, `gate.denied-burst` and `gate.tamper`: somebody tries, or works at the reader. */
export const GATE_TRIED: Procedure = {
  id: 'gate-tried',
  version: 1,
  shape: 'plain',
  title: { zh: '门禁异常处置', en: 'Somebody tries a gate' },
  steps: [
    step('watch', '调看监控，辨认人员', 'Look at the camera: who is it', 'control-room', 300, true, 'note', {
      skip: [{ zh: '该门无监控', en: 'No camera there' }],
    }),
    step('go', '巡逻岗到场询问、核对身份', 'Patrol goes, asks, checks who it is', 'security', 900, true, null, {
      skip: [{ zh: '人员已离开', en: 'They had left' }],
    }),
    step('check', '检查读卡器与控制箱是否被拆动', 'Check the reader and its box', 'engineer', null, false, 'photo', {
      skip: [SKIP.notNeeded],
    }),
  ],
};
