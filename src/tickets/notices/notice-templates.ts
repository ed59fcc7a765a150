import type { Names } from '../../gateway/views.js';
import type { EventName } from '../../kernel/events.js';

export interface NoticeTemplate {
  readonly title: Names;
  /** Follows the place and the time. */
  readonly what: Names;
  readonly now: Names;
  readonly over: Names;
  /** What is still to be minded when it is over. */
  readonly after?: Names;
  readonly water?: true;
}
const define = <T extends Record<string, NoticeTemplate>>(t: T): T => t;

/** From the handbook's notices, reworded: short, calm, what to do before why. */
export const NOTICE_TEMPLATES = define({
  rescue: {
    title: { zh: '电梯故障救援中', en: 'Lift rescue under way' },
    what: { zh: '电梯发生故障，正在救援', en: 'the lift has failed and a rescue is under way' },
    now: {
      zh: '改乘其他电梯或走楼梯，不要按动或扒开该电梯层门，给救援人员让出通道。',
      en: 'take another lift or the stairs, do not touch its landing doors, and leave the way free for the rescuers.',
    },
    over: { zh: '救援已结束，人员平安', en: 'the rescue is over and everybody is safe' },
    after: {
      zh: '该电梯经维保单位检查合格后恢复使用；被困时请按报警按钮，不要自行扒门。',
      en: 'The lift returns to service when the maintenance company has passed it. If you are ever shut in: press the alarm button, do not force the door.',
    },
  },
  lift: {
    title: { zh: '电梯暂停使用', en: 'Lift out of use' },
    what: { zh: '电梯出现故障，暂停使用', en: 'the lift has a fault and is out of use' },
    now: {
      zh: '改乘其他电梯或走楼梯；行动不便需要帮助请联系我们。',
      en: 'take another lift or the stairs; call us if you need help.',
    },
    over: { zh: '电梯已恢复使用', en: 'the lift is in use again' },
  },
  'e-bike': {
    title: { zh: '请勿推电动车进电梯', en: 'No e-bikes in lifts' },
    what: { zh: '有电动车进入电梯轿厢', en: 'an e-bike was taken into the lift' },
    now: {
      zh: '不要把电动车或电池带进电梯和楼内，请在充电区停放充电。',
      en: 'take no e-bike or battery into lifts or the building; park and charge outside.',
    },
    over: { zh: '电梯已恢复正常', en: 'the lift runs normally again' },
  },
  leak: {
    title: { zh: '漏水处理及临时停水', en: 'Water leak: water may be off' },
    what: { zh: '发现漏水', en: 'water is leaking' },
    now: {
      zh: '留意地面湿滑，贵重物品请移离墙边和地面。',
      en: 'mind wet floors, and move what is valuable away from walls and floor.',
    },
    over: { zh: '漏水已处理，供水恢复', en: 'the leak is repaired and the water is back' },
    after: {
      zh: '恢复供水初期水可能发浑，请先放水片刻。',
      en: 'The water may be cloudy at first: let it run for a moment.',
    },
    water: true,
  },
  backflow: {
    title: { zh: '下水管道堵塞', en: 'Drain blocked' },
    what: { zh: '排水管道堵塞反水', en: 'a drain is blocked and backs up' },
    now: {
      zh: '疏通前请少用水，勿向下水道倒垃圾和油污。',
      en: 'use as little water as you can until it is cleared, and pour no waste or fat into drains.',
    },
    over: { zh: '管道已疏通', en: 'the drain is clear again' },
    water: true,
  },
  pressure: {
    title: { zh: '水压异常', en: 'Water pressure' },
    what: { zh: '水压异常，可能水小或停水', en: 'the water pressure is not normal; there may be little or no water' },
    now: { zh: '请提前储备生活用水，关好水龙头。', en: 'keep some water in store, and leave taps closed.' },
    over: { zh: '供水已恢复正常', en: 'the water supply is normal again' },
    water: true,
  },
  freeze: {
    title: { zh: '防冻提醒', en: 'Pipes may freeze' },
    what: { zh: '管道有冻结风险', en: 'pipes may freeze' },
    now: {
      zh: '关好公共部位和家中门窗，外露水管注意保温；长期无人的房屋请关闭入户阀门。',
      en: 'keep windows and doors shut, wrap pipes that are outside; close the valve of a flat that stands empty.',
    },
    over: { zh: '冻结风险已解除', en: 'the risk of frost is over' },
    after: { zh: '化冻时容易漏水，请留意。', en: 'Leaks show when pipes thaw: please look.' },
  },
  power: {
    title: { zh: '楼栋停电', en: 'Power is out' },
    what: { zh: '停电', en: 'the power is out' },
    now: {
      zh: '不要乘坐电梯，使用手电照明，关闭正在使用的电器；家中有依赖用电的医疗设备请立即联系我们。',
      en: 'use no lift, use torches rather than candles, switch appliances off; call us at once if somebody depends on electrical medical equipment.',
    },
    over: { zh: '供电已恢复', en: 'the power is back' },
    after: {
      zh: '请检查家中电器；电梯逐台检查后恢复。',
      en: 'Please check your appliances; lifts return one by one after a check.',
    },
  },
  fire: {
    title: { zh: '火警疏散', en: 'Fire alarm: leave the building' },
    what: { zh: '发生火警', en: 'there is a fire alarm' },
    now: {
      zh: '立即从楼梯疏散，不要乘坐电梯，弯腰捂住口鼻；无法离开时关门堵缝、到窗口呼救并拨打 119。',
      en: 'leave by the stairs at once, use no lift, keep low and cover mouth and nose; if you cannot leave, shut the door, seal the gaps, call from a window and ring 119.',
    },
    over: { zh: '火警已解除', en: 'the fire alarm is over' },
  },
  gate: {
    title: { zh: '出入口道闸故障', en: 'Barrier out of order' },
    what: { zh: '道闸出现故障', en: 'the barrier is out of order' },
    now: {
      zh: '听从现场人员指引，减速通过或改走其他出入口。',
      en: 'follow our people on the spot, drive slowly or use another entrance.',
    },
    over: { zh: '道闸已恢复', en: 'the barrier works again' },
  },
  contact: {
    title: { zh: '设备通信检修', en: 'Equipment out of contact' },
    what: { zh: '设备通信中断', en: 'equipment is out of contact' },
    now: {
      zh: '如电梯、门禁异常请直接致电监控中心。',
      en: 'telephone the control room if a lift or a door does not work.',
    },
    over: { zh: '通信已恢复', en: 'it is in contact again' },
  },
  other: {
    title: { zh: '设备故障处理', en: 'Equipment fault' },
    what: { zh: '设备出现异常', en: 'equipment does not work as it should' },
    now: {
      zh: '请留意现场提示，需要帮助请联系我们。',
      en: 'mind the signs on the spot, and call us if you need help.',
    },
    over: { zh: '设备已恢复正常', en: 'it works again' },
  },
});
export type NoticeTemplateKey = keyof typeof NOTICE_TEMPLATES;

/** The first that fits; null = residents are not told. */
const BY_EVENT: readonly (readonly [RegExp, NoticeTemplateKey | null])[] = [
  // Silent by its nature, or about one neighbour, or about one flat: its people are called, not the house.
  [/^gate\.(duress|forced-open|denied-burst|tamper|held-open)$/, null],
  [/^meter\./, null],
  [/^device\./, null],
  [/^elevator\.(entrapment|alarm-button|silent-with-people|unintended-movement|overtravel|overspeed)/, 'rescue'],
  [/^elevator\.ebike$/, 'e-bike'],
  [/^elevator\./, 'lift'],
  [/^pipe\.(burst|leak)$|^riser\.balance$/, 'leak'],
  [/^pipe\.backflow$/, 'backflow'],
  [/^pipe\.pressure/, 'pressure'],
  [/^pipe\.freeze-risk$|^estate\.cold-wave$/, 'freeze'],
  [/^building\.power-lost$/, 'power'],
  [/^building\.fire-mode$|^smoke\.alarm$/, 'fire'],
  [/^building\.comms-lost$/, 'contact'],
  [/^gate\.barrier-stuck$/, 'gate'],
  [/^generic\./, 'other'],
];

export const templateOf = (event: EventName): NoticeTemplateKey | null =>
  BY_EVENT.find(([pattern]) => pattern.test(event))?.[1] ?? null;
