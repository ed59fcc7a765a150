import { z } from 'zod';
import type { DeviceKind } from '../estate/device.js';
import { hasControlCharacters } from '../kernel/control-characters.js';
import { DOOR_STATES, ELEVATOR_MODES, GATE_MODES, LIFT_FAULTS, METER_FLAGS } from './reading.js';

/*
 * What a device may say in the native dialect: one flat JSON object a reading. Bounds are physical, wide enough for
 * any real device; a value outside them is a broken sensor or a wrong unit, and is refused with its name.
 */

// Control characters have no business in a code, and NUL cannot be stored.
const code = z
  .string()
  .max(64)
  .refine((s) => !hasControlCharacters(s), 'control characters are not allowed');
const percent = z.number().min(0).max(100);
const celsius = z.number().min(-60).max(150);
/** Devices of the early days send the year 0; servers compute with years 1970 to 9999. */
const instant = z.iso.datetime({ offset: true });
const envelope = { observedAt: instant, seq: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional() };

export const NATIVE_SCHEMAS = {
  elevator: z.object({
    ...envelope,
    mode: z.enum(ELEVATOR_MODES).optional(),
    floor: z.number().min(-20).max(200).optional(),
    positionM: z.number().min(-100).max(1000).optional(),
    direction: z.enum(['up', 'down', 'none']).optional(),
    speedMps: z.number().min(-25).max(25).optional(),
    doorZone: z.boolean().optional(),
    door: z.enum(DOOR_STATES).optional(),
    peopleInCar: z.boolean().optional(),
    peopleCount: z.int().min(0).max(200).optional(),
    loadKg: z.number().min(-500).max(20_000).optional(),
    carCalls: z.int().min(0).max(200).optional(),
    alarmButton: z.boolean().optional(),
    alarmTest: code.optional(),
    mainsPower: z.boolean().optional(),
    safetyCircuitClosed: z.boolean().optional(),
    ebikeInCar: z.boolean().optional(),
    pitWater: z.boolean().optional(),
    fault: z.enum(LIFT_FAULTS).optional(),
    faultCode: code.optional(),
    faultDialect: code.optional(),
  }),
  'water-meter': z.object({
    ...envelope,
    volumeM3: z.number().min(0).max(1e8).optional(),
    reverseVolumeM3: z.number().min(0).max(1e8).optional(),
    flowLph: z.number().min(-1e6).max(1e6).optional(),
    flags: z.array(z.enum(METER_FLAGS)).max(16).optional(),
    waterTempC: celsius.optional(),
    batteryPct: percent.optional(),
    estimated: z.boolean().optional(),
    serial: code.optional(),
  }),
  'pipe-sensor': z.object({
    ...envelope,
    pressureMpa: z.number().min(-0.1).max(10).optional(),
    flowLps: z.number().min(-10_000).max(10_000).optional(),
    pipeTempC: celsius.optional(),
    ambientTempC: celsius.optional(),
    levelPct: z.number().min(0).max(200).optional(),
    wet: z.boolean().optional(),
    batteryPct: percent.optional(),
    batteryLow: z.boolean().optional(),
  }),
  gate: z.object({
    ...envelope,
    mode: z.enum(GATE_MODES).optional(),
    position: z.enum(['open', 'closed', 'moving', 'unknown']).optional(),
    command: z.enum(['open', 'close']).optional(),
    vehicleWaiting: z.boolean().optional(),
    loopOccupied: z.boolean().optional(),
    egress: z.boolean().optional(),
    access: z.enum(['granted', 'denied', 'duress']).optional(),
    accessReason: code.optional(),
    tamper: z.boolean().optional(),
    fault: z.boolean().optional(),
    batteryPct: percent.optional(),
    batteryLow: z.boolean().optional(),
  }),
  generic: z.object({
    ...envelope,
    channels: z.record(code, z.union([z.number(), z.boolean()])).refine((c) => Object.keys(c).length <= 64, {
      message: 'at most 64 channels',
    }),
  }),
} satisfies Record<DeviceKind, z.ZodType>;
