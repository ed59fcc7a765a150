// Few rules, each of which has a bug behind it. Form is Prettier's business, layers are dependency-cruiser's.
import tseslint from 'typescript-eslint';

/** Decisions take `(state, input, now)`: they have no clock, no timer and no input or output of their own (law 8). */
const PURE = [
  'src/kernel/**',
  'src/detection/{elevator,water-meter,pipe,gate,device,estate}/**',
  'src/detection/**/*.detector.ts',
  'src/alarms/alarm-transitions.ts',
  'src/tickets/{ticket-moves,ticket-clocks,slot-watch,procedure*}.ts',
  'src/tickets/procedures/**',
  'src/paging/{policy,roster,next-escalation}.ts',
  'simulators/{elevator,water-meter,pipe-network,gate}/**',
];
const clockOf = (object, property) => ({ object, property, message: 'A rule is told the time (law 8).' });

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'coverage/', 'bench/out/', 'test/browser/__shots__/', '**/*.cjs'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-binary-expression': 'error',
      'no-unsafe-finally': 'error',
      'no-unreachable-loop': 'error',
      'no-self-compare': 'error',
      'no-control-regex': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-array-delete': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Files with decorators are left alone by the rule itself: there Nest needs the classes at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: PURE,
    ignores: ['**/*.spec.ts', 'src/kernel/clock.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'performance',
        'process',
        'fetch',
      ],
      'no-restricted-properties': ['error', clockOf('Date', 'now'), clockOf('Math', 'random')],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'A rule is told the time (law 8).',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-unreachable': 'error',
      'no-const-assign': 'error',
      'no-dupe-keys': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
);
