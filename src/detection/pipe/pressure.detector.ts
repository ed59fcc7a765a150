import { seconds } from '../../kernel/durations.js';
import type { Device } from '../../estate/device.js';
import { needsAllOf, notForThisPlace } from '../device/capability-fitness.js';
import { heldDetector } from '../device/held-detector.js';
import { parameter, valueOf, type Parameter } from '../parameter.js';

/** A dwelling is supplied with 0.1 to 0.35 MPa at its inlet (GB 50015); domain §4, `pipe.pressure-low`, `-high`. */
const LOW_MPA = parameter({
  key: 'pipe.pressure-low.belowMpa',
  default: 0.1,
  unit: 'MPa',
  min: 0,
  max: 1,
  about: { zh: '入户水压低于此值为过低', en: 'Below this the pressure at a dwelling is too low' },
  source: 'GB 50015',
});
const HIGH_MPA = parameter({
  key: 'pipe.pressure-high.aboveMpa',
  default: 0.35,
  unit: 'MPa',
  min: 0.1,
  max: 2,
  about: { zh: '入户水压高于此值为过高', en: 'Above this the pressure at a dwelling is too high' },
  source: 'GB 50015',
});
const holdOf = (side: 'low' | 'high'): Parameter =>
  parameter({
    key: `pipe.pressure-${side}.holdS`,
    default: 300,
    unit: 's',
    min: 0,
    max: 86_400,
    about: {
      zh: '压力异常持续多久后报警；恢复同样时长后解除',
      en: 'How long it must last to raise, and be in range to end',
    },
    source: 'domain',
  });
const LOW_HOLD = holdOf('low');
const HIGH_HOLD = holdOf('high');

const atInlet = (d: Device): boolean => d.attributes.role === 'dwelling-inlet';

function pressureDetector(event: 'pipe.pressure-low' | 'pipe.pressure-high') {
  const low = event === 'pipe.pressure-low';
  const limit = low ? LOW_MPA : HIGH_MPA;
  const hold = low ? LOW_HOLD : HIGH_HOLD;
  return heldDetector<'pipe-sensor'>({
    event,
    kinds: ['pipe-sensor'],
    // Both limits: either ends only when the pressure is back in the range between them.
    parameters: [limit, hold],
    applies: atInlet,
    fitness: (d) =>
      atInlet(d)
        ? needsAllOf(d, 'pressureMpa')
        : notForThisPlace('仅用于入户处', 'only where the water enters a dwelling'),
    see: ({ pressureMpa: p }, d) => {
      if (p === undefined) return null;
      const tooLow = p < valueOf(d, LOW_MPA);
      const tooHigh = p > valueOf(d, HIGH_MPA);
      return { sight: (low ? tooLow : tooHigh) ? 'holds' : tooLow || tooHigh ? 'between' : 'over', value: p };
    },
    holds: (d) => {
      const ms = seconds(valueOf(d, hold));
      return {
        holdMs: ms,
        clearMs: ms,
        raiseNeedsTwo: seconds(d.attributes.expectedIntervalS) > ms,
        clearNeedsTwo: ms > 0,
      };
    },
    tell: (d, s, heldS) => ({
      reason: `pressure ${low ? 'below' : 'above'} ${valueOf(d, limit)} MPa for ${heldS} s`,
      evidence: { pressureMpa: s.value, limitMpa: valueOf(d, limit), heldS },
    }),
    over: 'pressure in range',
  });
}

/** Too little pressure at a dwelling's inlet. */
export const pressureLowDetector = pressureDetector('pipe.pressure-low');
/** Too much of it: fittings and hoses burst. */
export const pressureHighDetector = pressureDetector('pipe.pressure-high');
