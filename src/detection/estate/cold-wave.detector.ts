import { hours } from '../../kernel/durations.js';
import type { GenericValues, PipeSensorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Finding, type Step } from '../detector.js';
import { RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import type { Group, GroupDetector, GroupInput } from '../group-detector.js';
import { parameter, valueOf } from '../parameter.js';

/** At or below this unheated pipes begin to freeze (University of Illinois, Building Research Council: 20 °F). */
const COLD_C = parameter({
  key: 'estate.cold-wave.coldC',
  default: -6.7,
  unit: '°C',
  min: -40,
  max: 10,
  about: { zh: '室外温度不高于此值为寒潮', en: 'Outdoors at or below this it is a cold wave' },
  source: 'Univ. of Illinois',
});
const WARM_H = parameter({
  key: 'estate.cold-wave.clearH',
  default: 24,
  unit: 'h',
  min: 1,
  max: 240,
  about: { zh: '回暖持续多久后解除', en: 'How long it must stay warmer to end' },
  source: 'domain',
});

const EVENT = 'estate.cold-wave';

export interface ColdWaveState {
  readonly raisedSince: number | null;
  /** While raised: since when every outdoor sensor that spoke was warmer; null = it is cold. */
  readonly warmSince: number | null;
  /** A person ended it while it was cold. */
  readonly endedAt: number | null;
}

const INITIAL: ColdWaveState = Object.freeze({ raisedSince: null, warmSince: null, endedAt: null });
const stay = (state: ColdWaveState): Step<ColdWaveState> => ({ state, findings: NO_FINDINGS, deadline: null });

/** What a member says of the weather, °C; null = nothing. */
function outdoorC(input: Extract<GroupInput, { type: 'reading' }>): number | null {
  if (input.device.attributes.outdoor !== true) return null;
  if (input.device.kind === 'pipe-sensor') return (input.values as PipeSensorValues).ambientTempC ?? null;
  const told = (input.values as GenericValues).channels?.['ambientTempC'];
  return typeof told === 'number' ? told : null;
}

const finding = (kind: 'raise' | 'clear', since: number, reason: string, g: Group, tempC: number): Finding => ({
  kind,
  event: EVENT,
  subject: { type: 'estate', id: g.id },
  since,
  reason,
  evidence: { ambientTempC: tempC, limitC: valueOf(g, COLD_C) },
});

function weather(s: ColdWaveState, tempC: number, now: number, g: Group): Step<ColdWaveState> {
  const limit = valueOf(g, COLD_C);
  if (tempC <= limit) {
    if (s.raisedSince !== null && s.endedAt === null) return stay(s.warmSince === null ? s : { ...s, warmSince: null });
    if (s.endedAt !== null && now < s.endedAt + RECHECK_AFTER_END_MS) return stay(s);
    const raise = finding('raise', now, `${tempC} °C outdoors, at or below ${limit} °C`, g, tempC);
    return { state: { raisedSince: now, warmSince: null, endedAt: null }, findings: [raise], deadline: null };
  }
  if (s.raisedSince === null) return stay(s);
  if (s.endedAt !== null) return stay(INITIAL);
  if (s.warmSince === null) return stay({ ...s, warmSince: now });
  // By a reading, not by the clock: sensors that fall silent in the cold are no thaw.
  if (now - s.warmSince < hours(valueOf(g, WARM_H))) return stay(s);
  const clear = finding('clear', now, `above ${limit} °C for ${valueOf(g, WARM_H)} h`, g, tempC);
  return { state: INITIAL, findings: [clear], deadline: null };
}

/**
 * A cold wave over the whole estate (domain §4), by sensors with the attribute `outdoor`: pipe sensors by
 * `ambientTempC`, generic ones by a channel of that name. It makes the inspection list of empty units.
 */
export const coldWaveDetector: GroupDetector<ColdWaveState> = {
  id: EVENT,
  version: 1,
  scope: 'estate',
  kinds: ['pipe-sensor', 'generic'],
  events: [EVENT],
  parameters: [COLD_C, WARM_H],
  concerns: (d) => d.attributes.outdoor === true,
  initial: () => INITIAL,
  step(state, input, now, group): Step<ColdWaveState> {
    if (input.type === 'reading') {
      const tempC = outdoorC(input);
      return tempC === null ? stay(state) : weather(state, tempC, now, group);
    }
    const ends = input.type === 'alarm-ended' && input.event === EVENT && state.raisedSince !== null;
    return stay(ends ? { ...state, endedAt: Math.min(input.at, now), warmSince: null } : state);
  },
};
