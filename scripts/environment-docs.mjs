#!/usr/bin/env node
// npm run docs:environment [-- --check]: the tables of docs/operations.md that follow from the program: settings, from
// the schema and its docstrings, and metrics.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';
import { ensureBuilt } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src/config/environment.ts');
const page = join(root, 'docs/operations.md');
const begin = (name) => `<!-- ${name}: written by npm run docs:environment -->`;
const end = (name) => `<!-- end of ${name} -->`;

/** The docstring of every key in the schema; keys that follow one another without their own share the first one's. */
function descriptions() {
  const file = ts.createSourceFile(source, readFileSync(source, 'utf8'), ts.ScriptTarget.ES2023, true);
  const found = new Map();
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node) && found.size === 0) node.properties.forEach(describe);
    else ts.forEachChild(node, visit);
  };
  let last = '';
  const describe = (property) => {
    const doc = ts.getJSDocCommentsAndTags(property).at(-1);
    last = (doc && ts.getTextOfJSDocComment(doc.comment))?.replace(/\s+/g, ' ').trim() || last;
    if (last) found.set(property.name.getText(file), last);
  };
  const keys = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((s) => s.declarationList.declarations)
    .find((d) => d.name.getText(file) === 'KEYS');
  visit(keys.initializer);
  return found;
}

const code = (text) => `\`${text}\``;

/** What may be given, from the schema itself. */
function allowed(schema) {
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  return '';
}

/** @returns the table; @throws naming the keys without a docstring */
async function settings() {
  const dist = (module) => import(pathToFileURL(join(root, 'dist/src/config', module)).href);
  const { KEYS } = await dist('environment.js');
  const { isSecretKey } = await dist('secret-files.js');
  const { z } = await import('zod');
  const { properties } = z.toJSONSchema(KEYS, { io: 'input', unrepresentable: 'any' });
  const texts = descriptions();
  const silent = Object.keys(KEYS.shape).filter((key) => !texts.has(key));
  if (silent.length) throw new Error(`These keys of src/config/environment.ts have no docstring: ${silent.join(', ')}`);
  const rows = Object.entries(KEYS.shape).map(([key, schema]) => {
    const parsed = schema.safeParse(undefined);
    const value = parsed.success ? parsed.data : undefined;
    const text = typeof value === 'string' ? value.replace(process.cwd(), '.') : value;
    const cells = [code(key), text === undefined ? '–' : code(text), allowed(properties[key] ?? {}), texts.get(key)];
    if (isSecretKey(key)) cells[3] += ' **Secret.**';
    return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| key | default | allowed | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

async function metrics() {
  const { Metrics } = await import(pathToFileURL(join(root, 'dist/src/ops/metrics.js')).href);
  const all = await new Metrics().registry.getMetricsAsJSON();
  const rows = all.map(({ name, type, help }) => `| ${code(name)} | ${type} | ${help.replaceAll('|', '\\|')} |`);
  return ['| metric | kind | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The page with what stands between the two marks replaced. @throws when they are gone */
function filled(text, name, content) {
  const [before, rest] = text.split(begin(name));
  const after = rest?.split(end(name))[1];
  if (after === undefined) throw new Error(`${page} has lost the lines "${begin(name)}" and "${end(name)}"`);
  return `${before}${begin(name)}\n\n${content}\n\n${end(name)}${after}`;
}

async function main() {
  process.chdir(root);
  await ensureBuilt({ web: false });
  const now = readFileSync(page, 'utf8');
  const text = filled(filled(now, 'settings', await settings()), 'metrics', await metrics());
  const options = { ...(await prettier.resolveConfig(page)), filepath: page };
  const wanted = await prettier.format(text, options);
  if (now === wanted) return;
  if (process.argv.includes('--check'))
    throw new Error('docs/operations.md does not list settings and metrics as they are: npm run docs:environment');
  writeFileSync(page, wanted);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
