import { landingsBetween, liftProfile } from './elevator/lift-profile.js';
import { LiftModel } from './elevator/lift-model.js';
import { GateModel } from './gate/gate-model.js';
import type { Model } from './model.js';
import { LoneRiser } from './pipe-network/lone-riser.js';
import type { PipeNetwork } from './pipe-network/pipe-network.js';
import { RiserModel, type RiserSource } from './pipe-network/riser-model.js';
import { Random } from './random.js';
import type { SimulatedDevice } from './simulated-device.js';
import { householdOf } from './water-meter/household-of.js';
import { WaterMeterModel } from './water-meter/water-meter-model.js';

export interface PlaySettings {
  readonly seed: number;
  readonly utcOffsetHours: number;
  /** How lively the estate is; 1 = an ordinary one. */
  readonly traffic: number;
}

/**
 * The model that plays this device, built from what its registration says; null for a kind that has none.
 * @param pipes the estate's water, for sensors on its risers
 */
export function modelForDevice(
  device: SimulatedDevice,
  settings: PlaySettings,
  pipes: PipeNetwork | null = null,
): Model | null {
  const { seed, utcOffsetHours, traffic } = settings;
  const { attributes } = device;
  const reportEveryMs = Math.max(1, attributes.expectedIntervalS) * 1000;
  const character = Random.for(seed, device.id, 'character');
  switch (device.kind) {
    case 'elevator': {
      const [lowest, highest] = attributes.terminalFloors ?? [1, 18];
      return erased(
        new LiftModel(
          liftProfile({
            landings: landingsBetween(lowest, highest),
            reportEveryMs,
            passengersPerHour: traffic * character.between(25, 60),
            utcOffsetHours,
          }),
        ),
      );
    }
    case 'water-meter': {
      return erased(
        new WaterMeterModel(householdOf(device, settings), attributes.registerStepM3 ?? 0.001, reportEveryMs),
      );
    }
    case 'pipe-sensor':
      return erased(new RiserModel(waterAt(device, settings, pipes, character), reportEveryMs));
    case 'gate':
      return erased(
        new GateModel({
          vehicle: attributes.vehicle ?? false,
          passagesPerHour: traffic * character.between(20, 50),
          reportEveryMs,
          utcOffsetHours,
        }),
      );
    case 'generic':
      return null;
  }
}

function waterAt(
  { id, riser }: SimulatedDevice,
  { seed, utcOffsetHours }: PlaySettings,
  pipes: PipeNetwork | null,
  character: Random,
): RiserSource {
  if (pipes !== null && riser !== null && pipes.has(riser))
    return { at: (at) => pipes.at(riser, at), leak: (lps, from) => pipes.leak(riser, lps, from) };
  const profile = {
    staticMpa: character.between(0.29, 0.33),
    dropAtPeakMpa: character.between(0.04, 0.08),
    peakFlowLps: character.between(1.2, 2.4),
    utcOffsetHours,
  };
  return new LoneRiser(profile, seed, id);
}

/** The player keeps each state beside its own model and gives it to no other: the state's type may be forgotten. */
const erased = <S>(model: Model<S>): Model => model as Model;
