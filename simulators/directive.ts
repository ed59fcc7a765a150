import { z } from 'zod';

const people = z.int().min(1).max(13).default(2);

/** What a scenario can make a device, or its connection, do. */
export const DirectiveSchema = z.discriminatedUnion('do', [
  // Lifts
  z.strictObject({ do: z.literal('trap-between-floors'), people }),
  z.strictObject({ do: z.literal('trap-at-level'), people }),
  z.strictObject({ do: z.literal('carry-people'), people }),
  z.strictObject({ do: z.literal('press-alarm-button'), forS: z.number().positive().default(5) }),
  // What the command `alarm-test` asks of it: a press that is marked with the test's id.
  z.strictObject({ do: z.literal('test-alarm-path'), id: z.string().max(64), forS: z.number().positive().default(4) }),
  z.strictObject({ do: z.literal('rescue') }),
  z.strictObject({ do: z.literal('mains-lost'), automaticRescue: z.boolean().default(true) }),
  z.strictObject({ do: z.literal('mains-back') }),
  z.strictObject({ do: z.literal('rest') }),
  // Meters and pipes
  z.strictObject({ do: z.literal('leak'), flowLph: z.number().positive().default(120) }),
  z.strictObject({ do: z.literal('leak-stopped') }),
  // Gates
  z.strictObject({ do: z.literal('hold-open') }),
  z.strictObject({ do: z.literal('let-close') }),
  z.strictObject({ do: z.literal('duress') }),
  // Generic devices: what one channel says from now on, until `rest`
  z.strictObject({ do: z.literal('say'), channel: z.string().min(1), value: z.union([z.number(), z.boolean()]) }),
  // The connection of any device: cut as by a pulled plug (its will speaks), and back
  z.strictObject({ do: z.literal('cut') }),
  z.strictObject({ do: z.literal('restore') }),
]);

export type Directive = z.infer<typeof DirectiveSchema>;
