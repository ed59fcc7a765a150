import type { SlotName } from '../../src/gateway/views.js';
import type { Story } from './story.js';

export interface ExpectedSlot {
  readonly slot: SlotName;
  /** Seconds after the ticket's opening. */
  readonly opens: number;
  /** Seconds after the slot's opening, and who is paged then and not before. The last is the last resort. */
  readonly levels: readonly (readonly [afterS: number, people: readonly string[]])[];
}

/** A built-in policy, how a story comes to it, and whom it pages by day in the demo estate. */
export interface PolicyCase {
  readonly policy: string;
  /** Resolves in the instant in which its ticket is opened. */
  readonly begin: (story: Story) => Promise<void>;
  readonly slots: readonly ExpectedSlot[];
}

const P1_RESPONDER: ExpectedSlot['levels'] = [
  [0, ['wang.qiang', 'zhou.tao']],
  [60, ['li.na', 'zheng.hong']],
  [120, ['gao.feng']],
  [180, ['chen.jing']],
];
const RESCUER: ExpectedSlot['levels'] = [
  [0, ['he.jun']],
  [60, ['ma.lin']],
  [180, ['chen.jing']],
];
const COORDINATOR: ExpectedSlot['levels'] = [
  [0, ['chen.jing']],
  [60, ['zheng.hong']],
];
const p2 = (...first: string[]): ExpectedSlot => ({
  ...{ slot: 'responder', opens: 0 },
  levels: [
    [0, first],
    [180, ['li.na', 'zheng.hong']],
    [360, ['gao.feng']],
    [540, ['chen.jing']],
  ],
});
const notice = (first: string): ExpectedSlot => ({
  ...{ slot: 'responder', opens: 0 },
  levels: [
    [0, [first]],
    [900, ['zheng.hong']],
    [1800, ['chen.jing']],
  ],
});

export const POLICY_CASES: readonly PolicyCase[] = [
  {
    policy: 'people shut in a lift (P1)',
    begin: async (story) => {
      await story.lift('jy-6-lift-w').isTrappedBetween(3, 4);
      await story.advance(30, 's');
    },
    slots: [
      { slot: 'responder', opens: 0, levels: P1_RESPONDER },
      { slot: 'rescuer', opens: 0, levels: RESCUER },
      { slot: 'coordinator', opens: 0, levels: COORDINATOR },
    ],
  },
  {
    policy: 'an alarm button alone (P1)',
    begin: async (story) => {
      const lift = story.lift('jy-6-lift-w');
      await lift.standsEmptyAt(3);
      await lift.pressesButton();
      await story.advance(3, 's');
    },
    slots: [
      { slot: 'coordinator', opens: 0, levels: COORDINATOR },
      { slot: 'responder', opens: 30, levels: P1_RESPONDER },
      { slot: 'rescuer', opens: 90, levels: RESCUER },
    ],
  },
  {
    policy: 'duress at a door (P1 of a place)',
    begin: async (story) => {
      const door = story.device<'gate'>('jy-door-6-main', 30);
      await door.says({ position: 'closed' });
      await door.says({ position: 'closed', access: 'duress' });
    },
    slots: [
      { slot: 'responder', opens: 0, levels: P1_RESPONDER },
      { slot: 'coordinator', opens: 0, levels: COORDINATOR },
    ],
  },
  {
    policy: 'water on a riser (P2)',
    begin: async (story) => {
      const sensor = story.device<'pipe-sensor'>('jy-6-riser-1', 10);
      await sensor.says({ wet: false });
      await sensor.says({ wet: true });
      await story.advance(10, 's');
    },
    slots: [p2('wang.qiang', 'sun.wei')],
  },
  {
    policy: 'a door forced open (P2 of a gate)',
    begin: async (story) => {
      const door = story.device<'gate'>('jy-door-6-main', 30);
      await door.says({ mode: 'locked', position: 'closed' });
      await story.advance(10, 's');
      await door.says({ mode: 'locked', position: 'open' });
      await story.advance(2, 's');
      // Shut again, or it would be held open soon, a ticket of its own.
      await door.says({ mode: 'locked', position: 'closed' });
    },
    slots: [p2('zhou.tao', 'wang.qiang')],
  },
  {
    policy: 'a pump that draws too much (P3 of the engineer)',
    begin: async (story) => {
      const pump = story.device<'generic'>('jy-pump-house', 30);
      await pump.says({ channels: { running: true, currentA: 12, outletMpa: 0.5, fault: false } });
      await pump.says({ channels: { running: true, currentA: 19, outletMpa: 0.5, fault: false } });
      await story.advance(30, 's');
    },
    slots: [notice('sun.wei')],
  },
];
