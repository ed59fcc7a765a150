import { parseDocument } from 'yaml';
import { z } from 'zod';
import { DEVICE_KINDS } from '../src/estate/device.js';
import { err, ok, type Result } from '../src/kernel/result.js';
import { DirectiveSchema } from './directive.js';
import { FaultSettingsSchema } from './faults/fault-settings.js';

/** Which device plays a part: by its id, or the n-th that fits, so that a scenario runs on any estate. */
const PartSchema = z.union([
  z.strictObject({ id: z.string().min(1) }),
  z.strictObject({
    kind: z.enum(DEVICE_KINDS),
    /** Only in an empty unit, or only in an inhabited one. */
    unit: z.enum(['empty', 'inhabited']).optional(),
    /** Gates: a barrier or a door. Pipes and others: leave out. */
    vehicle: z.boolean().optional(),
    /** Sends this field. */
    sends: z.string().optional(),
    building: z.string().optional(),
    /** In the building of this other part. */
    buildingOf: z.string().optional(),
    /** Counted from 1 among those that fit. */
    number: z.int().min(1).default(1),
    /** Every one that fits. */
    all: z.boolean().default(false),
  }),
]);

const EntrySchema = z.strictObject({
  /** Model seconds after the beginning; `--speed` hurries them. */
  at: z.number().min(0),
  /** Real seconds after the entry before, which nothing hurries: Steward's holds run on its own clock. */
  hold: z.number().min(0).default(0),
  who: z.string(),
  directive: DirectiveSchema,
  note: z.string().optional(),
});

const ScenarioSchema = z.strictObject({
  name: z.string().min(1),
  about: z.string().min(1),
  /** What a reader should see happen in Steward. */
  expect: z.array(z.string()).default([]),
  parts: z.record(z.string(), PartSchema),
  timeline: z
    // Written flat (`{ at, who, do, … }`); what belongs to the directive is gathered before it is checked.
    .array(z.looseObject({}))
    .transform((entries): unknown =>
      entries.map(({ at, hold, who, note, ...directive }) => ({ at, hold, who, note, directive })),
    )
    .pipe(z.array(EntrySchema)),
  /** Real seconds after the last entry at which the play ends. */
  linger: z.number().min(0).default(10),
  faults: FaultSettingsSchema,
});

export type Part = z.infer<typeof PartSchema>;
export type TimelineEntry = z.infer<typeof EntrySchema>;
export type Scenario = z.infer<typeof ScenarioSchema>;

/** Reads a scenario; each mistake is one line that names where it is. */
export function readScenario(text: string): Result<Scenario, string[]> {
  const document = parseDocument(text);
  if (document.errors.length) return err(document.errors.map((e) => e.message.split('\n')[0] ?? e.message));
  const parsed = ScenarioSchema.safeParse(document.toJS());
  if (!parsed.success) return err(parsed.error.issues.map((i) => `${i.path.join('.') || 'file'}: ${i.message}`));
  const scenario = parsed.data;
  const mistakes: string[] = [];
  for (const [i, e] of scenario.timeline.entries()) {
    if (!(e.who in scenario.parts)) mistakes.push(`timeline.${i}.who: no part is called "${e.who}"`);
    if (e.at < (scenario.timeline[i - 1]?.at ?? 0)) mistakes.push(`timeline.${i}.at: goes back in time`);
  }
  for (const [name, part] of Object.entries(scenario.parts)) {
    const other = 'buildingOf' in part ? part.buildingOf : undefined;
    if (other !== undefined && !(other in scenario.parts)) mistakes.push(`parts.${name}: no part is called "${other}"`);
  }
  return mistakes.length ? err(mistakes) : ok(scenario);
}
