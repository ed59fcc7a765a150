import { z } from 'zod';

/** What scripts/demo.mjs tells its simulator process, as a JSON file whose path is in STEWARD_DEMO_CONFIG. */
export const DemoSettingsSchema = z.object({
  mqtt: z.string().min(1),
  estateFile: z.string().min(1),
  tokensFile: z.string().min(1),
  /** Devices that are left to the visitor. */
  spares: z.array(z.string()).default([]),
  /** Seconds after the start at which the staged lift stops between floors; null = stages nothing. */
  stageEntrapmentAfterS: z.number().min(0).nullable().default(null),
  /** The lift that it happens to; left out = the last lift that is no spare. */
  staged: z.string().nullish(),
  /** Seconds until the demo's rescuer opens the car by himself. */
  trappedForS: z.number().positive().default(720),
  seed: z.number().int().default(1),
});

export type DemoSettings = z.infer<typeof DemoSettingsSchema>;
