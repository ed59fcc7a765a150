import { seconds } from '../../kernel/durations.js';
import { needsAllOf } from '../device/capability-fitness.js';
import { heldDetector } from '../device/held-detector.js';
import { parameter, valueOf } from '../parameter.js';

const HOLD_S = parameter({
  key: 'gate.tamper.holdS',
  default: 0,
  unit: 's',
  min: 0,
  max: 600,
  about: { zh: '防拆信号持续多久后报警', en: 'How long the tamper contact must say so' },
  source: 'domain',
});

/** Somebody opens a reader or a controller (domain §4, `gate.tamper`). The flag's end clears it; a person acknowledges. */
export const gateTamperDetector = heldDetector<'gate'>({
  event: 'gate.tamper',
  kinds: ['gate'],
  parameters: [HOLD_S],
  fitness: (d) => needsAllOf(d, 'tamper'),
  see: ({ tamper }) => (tamper === undefined ? null : { sight: tamper ? 'holds' : 'over', value: null }),
  holds: (d) => ({ holdMs: seconds(valueOf(d, HOLD_S)), clearMs: 0 }),
  tell: () => ({ reason: 'tamper contact open', evidence: {} }),
  over: 'tamper contact closed again',
});
