import jsonata from 'jsonata';
import { err, ok, type Result } from '../../kernel/result.js';

/** A rule of thumb for one field takes some dozen steps. */
const MAX_STEPS = 5000;
const MAX_DEPTH = 100;
const MAX_MS = 25;
const MAX_ITEMS = 2000;
const MAX_CHARACTERS = 64 * 1024;

/**
 * What could run without end, or grow without bound, between two steps that are counted: functions of one's own (loops,
 * recursion), regular expressions (backtracking), ranges, and built-in functions that make text or lists of any size.
 */
const FORBIDDEN_NODES: Readonly<Record<string, string>> = {
  lambda: 'functions of its own',
  regex: 'regular expressions',
  partial: 'partial functions',
  transform: 'transformations',
  bind: 'variables of its own',
  descendant: '"**"',
  apply: '"~>"',
};
const ALLOWED_FUNCTIONS = new Set([
  ...['string', 'length', 'substring', 'substringBefore', 'substringAfter', 'uppercase', 'lowercase', 'trim'],
  ...['contains', 'number', 'abs', 'floor', 'ceil', 'round', 'sqrt', 'power', 'parseInteger', 'formatBase'],
  ...['sum', 'max', 'min', 'average', 'count', 'boolean', 'not', 'exists', 'lookup', 'keys', 'type', 'error'],
  ...['toMillis', 'fromMillis', 'millis', 'base64decode'],
]);

export interface BoundedExpression {
  /** @returns the result as JSON, `undefined` without one, or why it was given up */
  evaluate(input: unknown): Promise<Result<unknown, string>>;
}

class OutOfBounds extends Error {}

/** @throws Error with a sentence: what is wrong with the expression, or not allowed in it */
export function boundedExpression(text: string): BoundedExpression {
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text, { stack: MAX_DEPTH, timeout: MAX_MS, sequence: MAX_ITEMS });
  } catch (e) {
    throw new Error(sentence(e), { cause: e });
  }
  checkNodes(expression.ast());
  let steps = 0;
  // One at a time: two evaluations of one expression never overlap, see `evaluate`.
  hook(expression, 'jsonata.__evaluate_entry', () => {
    if (++steps > MAX_STEPS) throw new OutOfBounds(`takes more than ${MAX_STEPS} steps`);
  });
  hook(expression, 'jsonata.__evaluate_exit', (...args) => {
    const result = args[3];
    if (typeof result === 'string' && result.length > MAX_CHARACTERS)
      throw new OutOfBounds(`makes a text of more than ${MAX_CHARACTERS} characters`);
    if (Array.isArray(result) && result.length > MAX_ITEMS)
      throw new OutOfBounds(`makes a list of more than ${MAX_ITEMS} items`);
  });
  let last: Promise<unknown> = Promise.resolve();
  const run = async (input: unknown): Promise<Result<unknown, string>> => {
    steps = 0;
    try {
      const result: unknown = await expression.evaluate(input);
      if (typeof result === 'function') return err('gives a function, not a value');
      return ok(result);
    } catch (e) {
      return err(sentence(e));
    }
  };
  return {
    evaluate: (input) => {
      const mine = last.then(() => run(input));
      last = mine;
      return mine;
    },
  };
}

/** JSONata's own debugging hooks are looked up by symbol, which its types do not know. */
function hook(expression: jsonata.Expression, name: string, f: (...args: unknown[]) => void): void {
  (expression.assign as unknown as (name: symbol, value: unknown) => void)(Symbol.for(name), f);
}

function checkNodes(ast: unknown): void {
  if (Array.isArray(ast)) {
    ast.forEach(checkNodes);
    return;
  }
  if (typeof ast !== 'object' || ast === null) return;
  const node = ast as Record<string, unknown>;
  const type = String(node['type']);
  if (Object.hasOwn(FORBIDDEN_NODES, type)) throw new Error(`${FORBIDDEN_NODES[type]} are not allowed here`);
  if (node['value'] === '..') throw new Error('ranges are not allowed here');
  if (type === 'function') {
    const procedure = node['procedure'] as Record<string, unknown>;
    const name = String(procedure['value']);
    if (procedure['type'] !== 'variable' || !ALLOWED_FUNCTIONS.has(name))
      throw new Error(`the function $${name} is not allowed here`);
  }
  if (type === 'variable' && node['value'] !== '' && node['value'] !== '$')
    throw new Error(`the variable $${String(node['value'])} is not known here`);
  for (const [key, child] of Object.entries(node)) {
    if (key === 'procedure') continue;
    checkNodes(child);
  }
}

const sentence = (e: unknown): string => {
  const { message, token } = e as { message?: string; token?: string };
  return `${message ?? String(e)}${message === undefined && token !== undefined ? ` at ${token}` : ''}`.slice(0, 300);
};
