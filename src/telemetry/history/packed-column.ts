/** One column of a block, as JSON. Every form gives back exactly the values that went in. */
export type PackedColumn =
  /** The same value throughout. */
  | readonly ['same', unknown]
  /** Whole numbers after multiplying by 10^scale; differences of this order, the first values of each order first. */
  | readonly ['whole', number, number, readonly number[]]
  /** Few different values: these, and which of them for how many rows. */
  | readonly ['runs', readonly unknown[], readonly number[]]
  | readonly ['pick', readonly unknown[], readonly number[]]
  | readonly ['plain', readonly unknown[]];

const MAX_SCALE = 6;
const FEW = 256;

export function packColumn(values: readonly unknown[]): PackedColumn {
  const texts = values.map((v) => (typeof v === 'object' ? JSON.stringify(v) : v));
  if (texts.every((t, i) => t === texts[0] && typeof values[i] === typeof values[0])) return ['same', values[0]];
  if (values.every((v): v is number => typeof v === 'number')) return packNumbers(values);
  return packFew(values, texts);
}

export function unpackColumn(column: PackedColumn, rows: number): readonly unknown[] {
  switch (column[0]) {
    case 'same':
      return Array<unknown>(rows).fill(column[1]);
    case 'whole':
      return unpackNumbers(column[1], column[2], column[3]);
    case 'runs': {
      const values: unknown[] = [];
      for (let i = 0; i < column[2].length; i += 2) {
        const value = column[1][column[2][i] as number];
        for (let n = column[2][i + 1] as number; n > 0; n--) values.push(value);
      }
      return values;
    }
    case 'pick':
      return column[2].map((i) => column[1][i]);
    case 'plain':
      return column[1];
  }
}

function packNumbers(values: readonly number[]): PackedColumn {
  const scale = scaleOf(values);
  if (scale === null) return ['plain', values];
  let numbers = values.map((v) => Math.round(v * 10 ** scale));
  let best: PackedColumn = ['whole', scale, 0, numbers];
  let least = lengthOf(numbers);
  for (const order of [1, 2]) {
    numbers = differences(numbers, order - 1);
    const length = lengthOf(numbers);
    if (length < least && numbers.every((n) => Number.isSafeInteger(n))) {
      least = length;
      best = ['whole', scale, order, numbers];
    }
  }
  return best;
}

function unpackNumbers(scale: number, order: number, packed: readonly number[]): readonly number[] {
  let numbers = [...packed];
  for (let o = order; o > 0; o--) {
    for (let i = o; i < numbers.length; i++) numbers[i] = (numbers[i] as number) + (numbers[i - 1] as number);
  }
  if (scale > 0) numbers = numbers.map((n) => n / 10 ** scale);
  return numbers;
}

/** Differences of neighbours; the first `kept` numbers, and the one they are counted from, stay as they are. */
function differences(numbers: readonly number[], kept: number): number[] {
  return numbers.map((n, i) => (i <= kept ? n : n - (numbers[i - 1] as number)));
}

/** The decimals with which every number is a whole one, given back exactly by dividing; null when there are none. */
function scaleOf(values: readonly number[]): number | null {
  let scale = 0;
  for (const v of values) {
    while (!isExact(v, scale)) if (++scale > MAX_SCALE) return null;
  }
  return values.every((v) => isExact(v, scale)) ? scale : null;
}

function isExact(v: number, scale: number): boolean {
  const whole = Math.round(v * 10 ** scale);
  // A quarter of the safe range, so that differences of differences are safe too.
  return Math.abs(whole) < 2 ** 51 && Object.is(whole / 10 ** scale, v);
}

const lengthOf = (numbers: readonly number[]): number => {
  let length = 0;
  for (const n of numbers) length += n === 0 ? 1 : 3 + 2 * Math.log10(Math.abs(n));
  return length;
};

function packFew(values: readonly unknown[], texts: readonly unknown[]): PackedColumn {
  const known = new Map<unknown, number>();
  const different: unknown[] = [];
  const picks: number[] = [];
  // An object and the string of its text are told apart by the key.
  for (const [i, text] of texts.entries()) {
    const key = typeof values[i] === 'object' ? `o${String(text)}` : typeof text === 'string' ? `s${text}` : text;
    let pick = known.get(key);
    if (pick === undefined) {
      pick = different.length;
      known.set(key, pick);
      different.push(values[i]);
      if (different.length > FEW) return ['plain', values];
    }
    picks.push(pick);
  }
  const runs: number[] = [];
  for (let i = 0; i < picks.length; i++) {
    if (i > 0 && picks[i] === picks[i - 1]) runs.push((runs.pop() as number) + 1);
    else runs.push(picks[i] as number, 1);
  }
  return runs.length < picks.length ? ['runs', different, runs] : ['pick', different, picks];
}
