/**
 * Names of the things that Steward raises alarms for, with what every part must agree on: how urgent, whether the
 * alarm latches, and how a person may end it. Source: the event catalogue (docs/domain.md, "Event catalogue").
 */
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
/** P1 a person is in danger, P2 damage is being done, P3 a service is down, P4 maintenance. */
export type Priority = (typeof PRIORITIES)[number];

/** True when `a` is more urgent than `b`. */
export const moreUrgent = (a: Priority, b: Priority): boolean => a < b;

export type SubjectType = 'device' | 'unit' | 'riser' | 'building' | 'estate';
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
  'meter.vacant-flow': {
    priority: 'P3',
    latched: false,
    endBy: ['on-site'],
    title: { zh: '空置房水表走字', en: 'Water running in an empty unit' },
  },
  'pipe.leak': { priority: 'P2', latched: false, endBy: ['on-site'], title: { zh: '漏水浸水', en: 'Water leak' } },
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
  'device.offline': { priority: 'P4', latched: false, endBy: [], title: { zh: '设备离线', en: 'Device offline' } },
  'device.stuck': { priority: 'P4', latched: false, endBy: [], title: { zh: '传感器卡死', en: 'Sensor stuck' } },
  'device.clock-skew': {
    priority: 'P4',
    latched: false,
    endBy: [],
    title: { zh: '设备时钟偏差', en: 'Device clock wrong' },
  },
  'building.power-lost': {
    priority: 'P2',
    latched: false,
    endBy: [],
    title: { zh: '楼栋停电', en: 'Building power lost' },
  },
});

export type EventName = keyof typeof EVENTS;

/** The same table seen as definitions, for readers that do not care which event it is. */
export const eventDefinition = (name: EventName): EventDefinition => EVENTS[name];
