import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** Where in the data: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a file, for the person who wrote it. Lines and columns count from 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A YAML text with its data and the way back from data to line and column. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  /** Mistakes of YAML itself. When `broken`, the data cannot be trusted for further checks. */
  readonly mistakes: Mistake[];
  readonly broken: boolean;
  readonly data: unknown;

  constructor(text: string) {
    // Pretty errors would tell the position a second time, inside the message.
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    this.mistakes = this.document.errors.map((e) => ({
      ...this.at(e.pos[0]),
      message: yamlSentence(e.code, e.message),
    }));
    // A key that stands twice still leaves readable data: go on and find the other mistakes, too.
    const broken = this.document.errors.some((e) => e.code !== 'DUPLICATE_KEY');
    const data = broken ? undefined : this.toData();
    this.broken = broken || data === undefined;
    this.data = data;
  }

  private toData(): unknown {
    try {
      return this.document.toJS({ maxAliasCount: 1000 }) as unknown;
    } catch (e) {
      // An unresolved or exploding alias is found only while building the data.
      this.mistakes.push({ line: 1, column: 1, message: `the file: not readable as YAML: ${(e as Error).message}` });
      return undefined;
    }
  }

  private at(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Position of the value at `path`; of the innermost thing around it when it is missing. */
  positionOf(path: Path): { line: number; column: number } {
    return this.at(this.walk(path).offset);
  }

  /** Position of the key at `path`, for a key that should not be there. */
  positionOfKey(path: Path): { line: number; column: number } {
    const found = this.walk(path);
    return this.at(found.keyOffset ?? found.offset);
  }

  private walk(path: Path): { offset: number; keyOffset?: number } {
    let node = this.resolve(this.document.contents);
    let offset = node?.range?.[0] ?? 0;
    let keyOffset: number | undefined;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(step));
        if (!pair) break;
        keyOffset = (pair.key as Node).range?.[0];
        const written = pair.value as Node | null;
        node = this.resolve(written);
        // `name:` with nothing behind it has no place of its own: point at the key.
        const empty = !written?.range || (isScalar(written) && written.range[0] === written.range[1]);
        offset = (empty ? keyOffset : written?.range?.[0]) ?? offset;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        if (!item) break;
        keyOffset = undefined;
        offset = item.range?.[0] ?? offset;
        node = this.resolve(item);
      } else break;
    }
    return { offset, keyOffset };
  }

  private resolve(node: Node | null | undefined): Node | null | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }
}

function yamlSentence(code: string, message: string): string {
  return code === 'DUPLICATE_KEY'
    ? 'the file: this key stands twice in one place'
    : `the file: not readable as YAML: ${message}`;
}
