import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import { ALL_CASES } from '../simulators/cases/all-cases.js';
import { detectionTable, isProved, type DetectionRow, type Verdict } from '../simulators/cases/judge-case.js';

const PAGE = 'docs/detection-report.md';
const MARK: Record<Verdict, string> = { yes: 'yes', no: '**no**', missing: '–' };

function page(rows: readonly DetectionRow[]): string {
  const proved = rows.filter(isProved).length;
  const open = rows.filter((r) => !isProved(r));
  return [
    '# Detection report',
    '',
    'Written by `npm run report:detection` from the cases in `simulators/cases/`; `npm run check` fails when it is out of',
    'date or a row is not proved. Each case is played through the real rules of its devices and of the building, riser and',
    'estate around them in model time: once as it is (**raised** in its window with its priority, **ended** by readings or',
    'for good by a person), once with a restart in the middle of the hold (only stored JSON survives; the findings must be',
    'the same), and beside it an adversarial **twin** that looks like it and must stay quiet.',
    '',
    `${proved} of ${rows.length} events are proved.`,
    '',
    '| event | raised | ended | twin stayed quiet | survives restart mid-hold | case | twin |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((r) => {
      const verdicts = [r.raised, r.ended, r.twinQuiet, r.survivesRestart].map((v) => MARK[v]);
      return `| ${[`\`${r.event}\``, ...verdicts, r.about, r.twinAbout].join(' | ')} |`;
    }),
    ...(open.length > 0
      ? ['', '## Not proved', '', ...open.map((r) => `- \`${r.event}\`: ${r.trouble.join('; ')}`)]
      : []),
    '',
  ].join('\n');
}

/** `npm run report:detection [-- --check]`: the table of what is proved of each event of the catalogue. */
async function main(): Promise<void> {
  const rows = detectionTable(ALL_CASES);
  const text = await prettier.format(page(rows), { ...(await prettier.resolveConfig(PAGE)), filepath: PAGE });
  const open = rows.filter((r) => !isProved(r));
  for (const r of open) process.stderr.write(`${r.event}: ${r.trouble.join('; ')}\n`);
  process.stdout.write(`${rows.length - open.length} of ${rows.length} events proved\n`);
  if (!process.argv.includes('--check')) return writeFileSync(PAGE, text);
  if (open.length > 0) throw new Error(`Not proved: ${open.map((r) => r.event).join(', ')}`);
  if (readFileSync(PAGE, 'utf8') !== text)
    throw new Error(`${PAGE} is not what the cases show: npm run report:detection`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
