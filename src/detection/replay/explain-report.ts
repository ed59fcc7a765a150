import type { Device } from '../../estate/device.js';
import type { RuleStanding, TraceLine } from './trace.js';
import type { ReplayResult } from './replay-result.js';
import { timeIn } from './replay-report.js';

const LIFE: Record<Device['life'], string> = {
  registered: 'registered only: it raises nothing before it has been put to work',
  commissioning: 'in commissioning: its alarms go to the installer only',
  live: 'live',
  maintenance: 'under a maintenance permit: only the alarm button pages',
  retired: 'retired: nothing is accepted from it',
};

/** Only what differs: `{a: 1 → 2}`. */
function difference(from: unknown, to: unknown): string {
  if (!isRecord(from) || !isRecord(to)) return `${JSON.stringify(from)} → ${JSON.stringify(to)}`;
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const parts = keys.flatMap((k) => {
    const a = JSON.stringify(from[k]);
    const b = JSON.stringify(to[k]);
    if (a === b) return [];
    return [isRecord(from[k]) && isRecord(to[k]) ? `${k}: {${difference(from[k], to[k])}}` : `${k}: ${a} → ${b}`];
  });
  return parts.join(', ');
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

function lineText(l: TraceLine, zone: string): string[] {
  const values = l.values === null ? '' : ` ${JSON.stringify(l.values)}`;
  const out = [`${timeIn(zone, l.at)}  ${l.device}  ${l.input}${values}`, `    ${l.rule}: ${difference(l.from, l.to)}`];
  for (const f of l.findings)
    out.push(`    ${f.kind.toUpperCase()} ${f.event}${f.priority ? ` ${f.priority}` : ''}: ${f.reason}`);
  if (l.deadline !== null) out.push(`    waits until ${timeIn(zone, l.deadline)} at the latest`);
  return out;
}

function standingText(s: RuleStanding, zone: string): string[] {
  const name = `  ${s.device}  ${s.rule} (${s.events.join(', ')})`;
  if (!s.fitness.on) return [`${name}: OFF, ${s.fitness.why}: ${s.fitness.detail.en}`];
  const wakes = s.deadline === null ? 'waits for nothing but readings' : `looks again ${timeIn(zone, s.deadline)}`;
  const story =
    s.raised > 0 ? `raised ${s.raised} time(s)` : s.steps === 0 ? 'heard nothing' : 'its condition did not hold';
  const note = s.fitness.note ? ` (${s.fitness.note.en})` : '';
  return [`${name}: on${note}, ${story}; ${wakes}`, `      state ${JSON.stringify(s.state)}`];
}

/** The state path: what changed when, and why the rest stayed silent. */
export function explainText(r: ReplayResult, devices: readonly Device[], zone: string): string {
  const out = [`State path ${timeIn(zone, r.from)} to ${timeIn(zone, r.to)} (${zone})`];
  for (const d of devices) {
    out.push(`${d.id} (${d.kind}, ${d.name.en}): ${LIFE[d.life]}`);
    if (d.occupancy !== null) out.push(`    its unit is ${d.occupancy} in today's register`);
  }
  for (const n of r.notes) out.push(`note: ${n}`);
  out.push('');
  for (const l of r.trace?.lines ?? []) out.push(...lineText(l, zone));
  if ((r.trace?.lines.length ?? 0) === 0) out.push('nothing changed any rule in this time');
  out.push('', 'How the rules stood at the end:');
  for (const s of r.trace?.standing ?? []) out.push(...standingText(s, zone));
  return `${out.join('\n')}\n`;
}
