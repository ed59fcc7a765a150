import { z } from 'zod';

const rate = z.number().min(0).max(1);

/** What goes wrong between a device and the broker. Rates are per message; nothing is wrong by default. */
export const FaultSettingsSchema = z
  .strictObject({
    /** Sent twice, to the byte. */
    duplicates: rate.default(0),
    /** Held back by up to `reorderUpToMs`, so that later ones overtake it. */
    reordering: rate.default(0),
    reorderUpToMs: z.number().positive().default(1500),
    /** The device's clock is wrong by so much, and runs away by so many seconds a day. */
    clockSkewS: z.number().default(0),
    clockDriftSPerDay: z.number().default(0),
    /** From this message on, nothing arrives for up to `dropOutUpToS`. */
    dropOuts: rate.default(0),
    dropOutUpToS: z.number().positive().default(20),
    /** Replaced by something that is not a reading. */
    malformed: rate.default(0),
  })
  .default({
    duplicates: 0,
    reordering: 0,
    reorderUpToMs: 1500,
    clockSkewS: 0,
    clockDriftSPerDay: 0,
    dropOuts: 0,
    dropOutUpToS: 20,
    malformed: 0,
  });

export type FaultSettings = z.infer<typeof FaultSettingsSchema>;

export const NO_FAULTS: FaultSettings = FaultSettingsSchema.parse(undefined);
