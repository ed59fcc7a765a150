import type { z } from 'zod';
import type { Mistake, Path, YamlSource } from './yaml-source.js';

export type IdKind = 'building' | 'riser' | 'unit' | 'zone' | 'device' | 'device type' | 'bridge' | 'person';

/** Collects everything that is wrong with an estate file, and knows which ids it has. */
export class MistakeBook {
  private readonly found = new Map<string, Mistake>();
  private readonly ids = new Map<string, Path>();
  /** Beginnings of unit ids that a faulty grid would have made: a reference to one of them is not called unknown. */
  private readonly unsure: string[] = [];

  constructor(private readonly source: YamlSource) {
    for (const m of source.mistakes) this.keep(m);
  }

  /** All mistakes, in the order of the file. */
  all(): Mistake[] {
    return [...this.found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  add(path: Path, sentence: string): void {
    this.keep({ ...this.source.positionOf(path), message: `${this.where(path)}: ${sentence}` });
  }

  /** The item when it is well formed; else its mistakes are noted. */
  parse<S extends z.ZodType>(schema: S, raw: unknown, path: Path): z.output<S> | undefined {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.addIssue(issue, [...path, ...issue.path.map((s) => s as string)]);
    return undefined;
  }

  /** The elements of a list; a missing list is empty. */
  items(raw: unknown, path: Path): { raw: unknown; path: Path }[] {
    if (raw === undefined || raw === null) return [];
    if (!Array.isArray(raw)) {
      this.add(path, 'must be a list');
      return [];
    }
    return raw.map((item: unknown, i) => ({ raw: item, path: [...path, i] }));
  }

  /** The entries of a map; a missing map is empty. */
  entries(raw: unknown, path: Path): { key: string; raw: unknown; path: Path }[] {
    if (raw === undefined || raw === null) return [];
    if (!isRecord(raw)) {
      this.add(path, 'must be a map');
      return [];
    }
    return Object.entries(raw).map(([key, item]) => ({ key, raw: item, path: [...path, key] }));
  }

  /** Notes that this id exists, also when its item has mistakes: what refers to it is not wrong. */
  declare(kind: IdKind, id: unknown, path: Path): void {
    if (typeof id !== 'string') return;
    const key = `${kind} ${id}`;
    const first = this.ids.get(key);
    if (first) this.add(path, `there is already a ${key}, at line ${this.source.positionOf(first).line}`);
    else this.ids.set(key, path);
  }

  /** False, and a mistake, when there is no such thing. */
  refer(kind: IdKind, id: string, path: Path): boolean {
    if (this.ids.has(`${kind} ${id}`)) return true;
    if (kind === 'unit' && this.unsure.some((start) => id.startsWith(start))) return false;
    this.add(path, `there is no ${kind} "${id}"`);
    return false;
  }

  unsureOfUnits(start: string): void {
    this.unsure.push(start);
  }

  private keep(m: Mistake): void {
    // A mistake in a device type would come once for every device of it.
    this.found.set(`${m.line}:${m.column}:${m.message}`, m);
  }

  private addIssue(issue: z.core.$ZodIssue, path: Path): void {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const at = [...path, key];
        this.keep({ ...this.source.positionOfKey(at), message: `${this.where(path)}: "${key}" is not known here` });
      }
      return;
    }
    const value = this.valueAt(path);
    if (value === undefined || value === null) {
      const parent = path.slice(0, -1);
      const at = value === null ? path : parent;
      this.keep({
        ...this.source.positionOf(at),
        message: `${this.where(parent)}: "${String(path.at(-1) ?? 'content')}" is missing`,
      });
    } else this.add(path, sentenceOf(issue, value));
  }

  private valueAt(path: Path): unknown {
    let value = this.source.data;
    for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step];
    return value;
  }

  /** `devices › jy-6-lift-w › name`: list items are named by their id where they have one. */
  private where(path: Path): string {
    const words = path.map((step, i) => {
      if (typeof step === 'string') return step;
      const item = this.valueAt(path.slice(0, i + 1));
      const name = isRecord(item) ? (item['id'] ?? item['username'] ?? item['label']) : undefined;
      return typeof name === 'string' ? name : `no. ${step + 1}`;
    });
    return words.join(' › ') || 'the file';
  }
}

export const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

function sentenceOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}, not ${shown(value)}`;
  if (issue.code !== 'invalid_type') return issue.message;
  const quote = issue.expected === 'string' && typeof value !== 'object' ? ' (put it in quotes)' : '';
  return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${shown(value)}${quote}`;
}

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  tuple: 'a list of two',
};

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a map';
  return JSON.stringify(value).slice(0, 60);
}
