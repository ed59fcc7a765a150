import { z } from 'zod';
import { DEVICE_KINDS } from '../../estate/device.js';

const MAX_EXPRESSION = 2000;
const expression = z.string().trim().min(1).max(MAX_EXPRESSION);
const path = z.string().min(1).max(200);
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

const rule = z.union([
  z.strictObject({
    to: path,
    scale: z.number().optional(),
    offset: z.number().optional(),
    absent: z.array(z.number()).max(10).optional(),
  }),
  z.strictObject({ cases: z.record(z.string().max(200), z.record(path, z.unknown())) }),
]);

/**
 * What the payload of one sort of device means (docs/dialects.md). Either a table of its fields, or JSONata expressions for
 * canonical fields, or both. Ids go into estate files and URLs.
 */
export const ProfileSpec = z
  .strictObject({
    id: z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'must be small letters and digits, joined by "-" or "."'),
    title: z.string().min(1).max(200),
    /** Where its maker's description stands. */
    source: z.string().max(500).optional(),
    kind: z.enum(DEVICE_KINDS),
    /** Bridges of the dialect `profile`: `acme/{device}/up`; `+` stands for any one level. */
    topic: z.string().max(200).optional(),
    fields: z.record(path, rule).optional(),
    ignored: z.array(path).max(100).optional(),
    omitted: z
      .array(z.strictObject({ field: path, means: scalar, beside: z.record(path, scalar) }))
      .max(50)
      .optional(),
    refuseIf: z.array(path).max(50).optional(),
    /** A list of earlier records in the object, and the field of each that holds its time (seconds since the epoch). */
    history: z.strictObject({ list: path, time: path }).optional(),
    /** Canonical field → JSONata over the payload. An expression without a result leaves its field out. */
    values: z.record(path, expression).optional(),
    /** JSONata: the device's name at the bridge, when the topic does not tell it. */
    device: expression.optional(),
    /** JSONata: RFC 3339 with a zone, or seconds or milliseconds since the epoch. Without it: when the message came. */
    observedAt: expression.optional(),
    seq: expression.optional(),
  })
  .refine((p) => p.fields !== undefined || p.values !== undefined, 'needs "fields" or "values"')
  .refine((p) => Object.keys(p.values ?? {}).length <= 40, 'too many values');

export type ProfileSpec = z.output<typeof ProfileSpec>;
