import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Step =
  | { readonly type: 'send' | 'recv'; readonly bytes: Buffer }
  | { readonly type: 'publish'; readonly topic: string; readonly qos: 0 | 1 | 2; readonly payload: string };

/** One raw exchange, and how it must end. */
export interface Conversation {
  /** File, group and name, as in the data. */
  readonly id: string;
  readonly suite: string;
  /** 3 = MQTT 3.1, 4 = 3.1.1, 5. */
  readonly version: number;
  /** A plain CONNECT goes first. */
  readonly connect: boolean;
  readonly expectDisconnect: boolean;
  readonly steps: readonly Step[];
}

interface RawMessage {
  type: 'send' | 'recv' | 'publish';
  payload: string;
  topic?: string;
  qos?: 0 | 1 | 2;
}

interface RawGroup {
  group: string;
  ver?: number;
  connect?: boolean;
  tests: { name: string; ver?: number; connect?: boolean; expect_disconnect?: boolean; msgs: RawMessage[] }[];
}

const number = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);

/** Seven bits a byte; `r268435456` needs five, one more than MQTT allows. */
function variable(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return out;
}

/** The data's notation: hex bytes, `iN` one byte, `H k m s` two, `L` four, `v r` variable length, `'text'`. */
export function parseBytes(notation: string): Buffer {
  const out: number[] = [];
  for (const token of notation.match(/'[^']*'|\S+/g) ?? []) {
    const value = Number(token.slice(1));
    switch (token[0]) {
      case "'":
        out.push(...Buffer.from(token.slice(1, -1)));
        break;
      case 'i':
        out.push(...number(value, 1));
        break;
      case 'H':
      case 'k':
      case 'm':
      case 's':
        out.push(...number(value, 2));
        break;
      case 'L':
        out.push(...number(value, 4));
        break;
      case 'v':
      case 'r':
        out.push(...variable(value));
        break;
      default:
        if (!/^([0-9A-Fa-f]{2})+$/.test(token)) throw new Error(`unknown token ${token} in "${notation}"`);
        out.push(...Buffer.from(token, 'hex'));
    }
  }
  return Buffer.from(out);
}

function step(m: RawMessage): Step {
  if (m.type !== 'publish') return { type: m.type, bytes: parseBytes(m.payload) };
  return { type: 'publish', topic: m.topic ?? '', qos: m.qos ?? 0, payload: m.payload };
}

/** @throws when the folder is not there */
export async function readConversations(folder: string): Promise<Conversation[]> {
  const files = (await readdir(folder)).filter((f) => f.endsWith('.json')).sort();
  const all: Conversation[] = [];
  for (const file of files) {
    const groups = JSON.parse(await readFile(join(folder, file), 'utf8')) as RawGroup[];
    const suite = file.replace(/\.json$/, '');
    for (const group of groups) {
      for (const test of group.tests) {
        all.push({
          id: `${suite} | ${group.group.replace(/\s+/g, ' ')} | ${test.name.trim()}`,
          suite,
          version: test.ver ?? group.ver ?? 4,
          connect: test.connect ?? group.connect ?? true,
          expectDisconnect: test.expect_disconnect ?? true,
          steps: test.msgs.map(step),
        });
      }
    }
  }
  return all;
}
