/**
 * Names of the things that Steward raises alarms for, with what every part must agree on: how urgent, whether the
 * alarm latches, and how a person may end it. Source: the event catalogue (docs/domain.md, "Event catalogue").
 */
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
/** P1 a person is in danger, P2 damage is being done, P3 a service is down, P4 maintenance. */
export type Priority = (typeof PRIORITIES)[number];

/** True when `a` is more urgent than `b`. */
export const moreUrgent = (a: Priority, b: Priority): boolean => a < b;

/** `zone`: where only people tell of it ("water in the garden of zone 2"). */
export type SubjectType = 'device' | 'unit' | 'riser' | 'building' | 'zone' | 'estate';
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
}

/** How a latched alarm may be ended by a person. `rescue` comes only from the ticket's own move. */
export type EndHow = 'on-site' | 'voice' | 'panel-reset';

export interface EventDefinition {
  /** Priority when the finding does not say otherwise. */
  readonly priority: Priority;
  /** Clearing telemetry only marks "condition cleared"; a person ends it. */
  readonly latched: boolean;
  /** Which ways of ending by hand are allowed; empty = only through its ticket. */
  readonly endBy: readonly EndHow[];
  readonly title: { readonly zh: string; readonly en: string };
}

const define = <T extends Record<string, EventDefinition>>(t: T): T => t;

export const EVENTS = define({
  'elevator.entrapment-between-floors': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '非平层困人', en: 'Entrapment between floors' },
  },
  'elevator.entrapment-at-level': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '平层困人', en: 'Entrapment at a landing' },
  },
  'elevator.alarm-button': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site', 'voice'],
    title: { zh: '轿厢报警按钮', en: 'Alarm button in the car' },
  },
  'elevator.silent-with-people': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site', 'voice'],
    title: { zh: '失联疑似困人', en: 'Lift silent with people inside' },
  },
  'elevator.stopped-between-floors': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '门区外停梯', en: 'Stopped between floors' },
  },
  'elevator.unintended-movement': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '开门走车', en: 'Moved with the door open' },
  },
  'elevator.overtravel': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '冲顶蹲底', en: 'Ran past the last landing' },
  },
  'elevator.overspeed': { priority: 'P1', latched: true, endBy: ['on-site'], title: { zh: '超速', en: 'Overspeed' } },
  'elevator.safety-circuit': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '安全回路断开', en: 'Safety circuit open' },
  },
  'elevator.door-fault': { priority: 'P3', latched: false, endBy: [], title: { zh: '开关门故障', en: 'Door fault' } },
  'elevator.ebike': {
    priority: 'P2',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '电动车进轿厢', en: 'E-bike in the car' },
  },
  'elevator.out-of-service': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '电梯停用', en: 'Lift out of service' },
  },
  'elevator.power-lost': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '电梯停电', en: 'Lift without power' },
  },
  'elevator.pit-water': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '底坑进水', en: 'Water in the lift pit' },
  },
  'elevator.emergency-power': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '应急电源运行', en: 'Lift on emergency power' },
  },
  'elevator.earthquake': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '地震运行', en: 'Lift in earthquake mode' },
  },
  /** Its alarm button has not been proved to reach people within 72 h (EN 81-28); raised by the tests, not by readings. */
  'elevator.alarm-path': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '报警通道未通过测试', en: 'Alarm path not proved' },
  },
  'building.fire-mode': {
    priority: 'P1',
    latched: false,
    endBy: [],
    title: { zh: '消防迫降', en: 'Lifts in fire mode' },
  },
  'meter.vacant-flow': {
    priority: 'P3',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '空置房水表走字', en: 'Water running in an empty unit' },
  },
  'meter.continuous-flow': {
    priority: 'P4',
    latched: false,
    endBy: [],
    title: { zh: '持续用水', en: 'Water runs without a pause' },
  },
  'meter.burst': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '户内大流量', en: 'Very high flow in a unit' },
  },
  'meter.reverse': { priority: 'P3', latched: false, endBy: [], title: { zh: '水表倒流', en: 'Meter runs backwards' } },
  'meter.dry': { priority: 'P3', latched: false, endBy: [], title: { zh: '水表无水', en: 'Meter without water' } },
  'meter.tamper': {
    priority: 'P3',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '水表被动', en: 'Meter tampered with' },
  },
  'meter.no-use-welfare': {
    priority: 'P3',
    latched: true,
    endBy: ['on-site', 'voice'],
    title: { zh: '独居老人无用水', en: 'No water used: person may need help' },
  },
  'riser.balance': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '总分表差', en: 'Riser balance: hidden leak' },
  },
  'pipe.burst': { priority: 'P2', latched: false, endBy: [], title: { zh: '爆管', en: 'Pipe burst' } },
  'pipe.pressure-low': { priority: 'P3', latched: false, endBy: [], title: { zh: '水压过低', en: 'Pressure too low' } },
  'pipe.pressure-high': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '水压过高', en: 'Pressure too high' },
  },
  'pipe.freeze-risk': { priority: 'P3', latched: false, endBy: [], title: { zh: '冻结风险', en: 'Pipe may freeze' } },
  'pipe.backflow': {
    priority: 'P2',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '反水堵塞', en: 'Drain backs up' },
  },
  'estate.cold-wave': { priority: 'P4', latched: false, endBy: [], title: { zh: '寒潮', en: 'Cold wave' } },
  'pipe.leak': { priority: 'P2', latched: false, endBy: ['on-site'], title: { zh: '漏水浸水', en: 'Water leak' } },
  'gate.barrier-stuck': {
    priority: 'P3',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '道闸故障', en: 'Barrier stuck' },
  },
  'gate.forced-open': {
    priority: 'P2',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '强行闯入', en: 'Door forced open' },
  },
  'gate.denied-burst': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '多次刷卡被拒', en: 'Repeated denials at a gate' },
  },
  'gate.tamper': { priority: 'P3', latched: false, endBy: [], title: { zh: '门禁被拆', en: 'Gate tampered with' } },
  'gate.held-open': {
    priority: 'P3',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '门长开未关', en: 'Door held open' },
  },
  'gate.duress': {
    priority: 'P1',
    latched: true,
    endBy: ['on-site'],
    title: { zh: '胁迫开门', en: 'Duress at a door' },
  },
  'device.chattering': { priority: 'P4', latched: false, endBy: [], title: { zh: '告警抖动', en: 'Alarm chatters' } },
  'device.low-battery': { priority: 'P4', latched: false, endBy: [], title: { zh: '电量低', en: 'Battery low' } },
  'device.seq-gap': {
    priority: 'P4',
    latched: false,
    endBy: [],
    title: { zh: '消息缺号', en: 'Readings lost on the way' },
  },
  'device.offline': { priority: 'P4', latched: false, endBy: [], title: { zh: '设备离线', en: 'Device offline' } },
  'device.stuck': { priority: 'P4', latched: false, endBy: [], title: { zh: '传感器卡死', en: 'Sensor stuck' } },
  'device.clock-skew': {
    priority: 'P4',
    latched: false,
    endBy: [],
    title: { zh: '设备时钟偏差', en: 'Device clock wrong' },
  },
  'building.comms-lost': {
    priority: 'P3',
    latched: false,
    endBy: [],
    title: { zh: '楼栋通信中断', en: 'Building out of contact' },
  },
  'smoke.alarm': { priority: 'P1', latched: true, endBy: ['panel-reset'], title: { zh: '火警', en: 'Smoke alarm' } },
  'building.power-lost': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '楼栋停电', en: 'Building power lost' },
  },
});

/** Events that every estate knows. */
export type CatalogueEvent = keyof typeof EVENTS;
/** Events that an estate has configured for its generic devices (`rules` in the estate file). */
export type ConfiguredEvent = `generic.${string}`;
export type EventName = CatalogueEvent | ConfiguredEvent;

export const isConfigured = (name: EventName): name is ConfiguredEvent => name.startsWith('generic.');

/**
 * The same table seen as definitions, for readers that do not care which event it is. What a configured event means
 * stands at its device (`estate/event-definition.ts`); here it has its key for a name.
 */
export const eventDefinition = (name: EventName): EventDefinition =>
  isConfigured(name)
    ? { priority: 'P3', latched: false, endBy: ['on-site'], title: { zh: name.slice(8), en: name.slice(8) } }
    : EVENTS[name];
