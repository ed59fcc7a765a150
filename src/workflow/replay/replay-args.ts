import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../kernel/result.js';

export const REPLAY_USAGE = `usage: npm run replay -- --from TIME --to TIME [--estate ID | --device ID …]
  [--set meter.vacant-flow.minReads=3 …] [--warm-up HOURS] [--json] [--out FILE]
  --input FILE.csv|.jsonl    play a file instead of the stored history; then --from and --to may be left out
  --estate-file FILE.yaml    places and devices from an estate file instead of the database (with --input)
  --explain TICKET           e.g. T-2026-0412: the state path of its devices
  --explain DEVICE@TIME      why did it ring, or not, at that time
TIME: 2026-03-01T02:00:00+08:00, or 2026-03-01 (midnight UTC)`;

/** What `--explain` asks for. */
export type ExplainWish =
  | { readonly kind: 'ticket'; readonly no: string }
  | { readonly kind: 'device'; readonly id: string; readonly at: number };

export interface ReplayArgs {
  /** ms since the epoch; null = not told */
  readonly from: number | null;
  readonly to: number | null;
  readonly estate: string | null;
  readonly devices: readonly string[];
  readonly set: readonly string[];
  readonly warmUpMs: number;
  readonly input: string | null;
  readonly estateFile: string | null;
  readonly explain: ExplainWish | null;
  readonly json: boolean;
  readonly out: string | null;
}

const DEFAULT_WARM_UP_H = 24;

export function parseReplayArgs(argv: string[]): Result<ReplayArgs, string[]> {
  const mistakes: string[] = [];
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        estate: { type: 'string' },
        device: { type: 'string', multiple: true },
        set: { type: 'string', multiple: true },
        'warm-up': { type: 'string' },
        input: { type: 'string' },
        'estate-file': { type: 'string' },
        explain: { type: 'string' },
        json: { type: 'boolean' },
        out: { type: 'string' },
      },
    }));
  } catch (e) {
    return err([(e as Error).message]);
  }
  const time = (name: string, text: string | undefined): number | null => {
    if (text === undefined) return null;
    const at = Date.parse(text);
    if (Number.isFinite(at)) return at;
    mistakes.push(`--${name}: "${text}" is not a time`);
    return null;
  };
  const warmUpH = values['warm-up'] === undefined ? DEFAULT_WARM_UP_H : Number(values['warm-up']);
  if (!(warmUpH >= 0)) mistakes.push('--warm-up: hours, 0 or more');
  const args: ReplayArgs = {
    from: time('from', values.from),
    to: time('to', values.to),
    estate: values.estate ?? null,
    devices: values.device ?? [],
    set: values.set ?? [],
    warmUpMs: warmUpH * 3_600_000,
    input: values.input ?? null,
    estateFile: values['estate-file'] ?? null,
    explain: wish(values.explain, mistakes),
    json: values.json ?? false,
    out: values.out ?? null,
  };
  mistakes.push(...contradictions(args));
  return mistakes.length > 0 ? err(mistakes) : ok(args);
}

function wish(text: string | undefined, mistakes: string[]): ExplainWish | null {
  if (text === undefined) return null;
  const cut = text.indexOf('@');
  if (cut < 0) return { kind: 'ticket', no: text };
  const at = Date.parse(text.slice(cut + 1));
  if (Number.isFinite(at) && cut > 0) return { kind: 'device', id: text.slice(0, cut), at };
  mistakes.push(`--explain: "${text}" is neither a ticket nor DEVICE@TIME`);
  return null;
}

function contradictions(a: ReplayArgs): string[] {
  const found: string[] = [];
  if (a.input === null && a.explain === null && (a.from === null || a.to === null))
    found.push('--from and --to say what to play');
  if (a.from !== null && a.to !== null && a.from >= a.to) found.push('--from must be before --to');
  if (a.estate !== null && a.devices.length > 0) found.push('--estate or --device, not both');
  if (a.estateFile !== null && a.input === null) found.push('--estate-file goes with --input');
  if (a.explain?.kind === 'ticket' && a.estateFile !== null) found.push('a ticket is in the database, not in a file');
  return found;
}
