import { readdirSync, readFileSync } from 'node:fs';

/** Linux: /proc counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICKS_PER_S = 100;

export interface ProcessUse {
  /** Seconds of processor time since its start. */
  readonly cpuS: number;
  /** Resident memory, MiB; shared pages of a family of processes are counted once where the kernel tells (PSS). */
  readonly memoryMiB: number;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has just ended, or is not ours to read
  }
};

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuS: number;
}

function statOf(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`);
  // The name may hold blanks and brackets: fields count from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 14) return null;
  return { pid, parent: Number(fields[1]), cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S };
}

function familyOf(pid: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const family = [pid];
  for (let i = 0; i < family.length; i++) family.push(...all.filter((s) => s.parent === family[i]).map((s) => s.pid));
  return family;
}

const memoryKiB = (pid: number): number => {
  const pss = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(pss ?? /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
};

/**
 * What a process has used; with `family`, also its descendants (a database's backends). Processor time of a backend
 * that has ended meanwhile is missing: pools keep theirs.
 */
export function processUse(pid: number, family: boolean): ProcessUse {
  const pids = family ? familyOf(pid) : [pid];
  return {
    cpuS: pids.reduce((sum, p) => sum + (statOf(p)?.cpuS ?? 0), 0),
    memoryMiB: pids.reduce((sum, p) => sum + memoryKiB(p), 0) / 1024,
  };
}

export interface Usage {
  /** Per cent of one core. */
  readonly cpuPct: number;
  readonly memoryMiB: number;
}

/** Use between two moments. */
export class UsageMeter {
  private readonly begun: ProcessUse;
  private readonly at = performance.now();

  constructor(
    private readonly pid: number,
    private readonly family: boolean,
  ) {
    this.begun = processUse(pid, family);
  }

  read(): Usage {
    const now = processUse(this.pid, this.family);
    const seconds = (performance.now() - this.at) / 1000;
    return { cpuPct: ((now.cpuS - this.begun.cpuS) / seconds) * 100, memoryMiB: now.memoryMiB };
  }
}
