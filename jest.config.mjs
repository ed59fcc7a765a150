// One runner, six suites. Unit tests stand beside the source; the others start real servers and run one at a time.
const base = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  testEnvironment: 'node',
};
const suite = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });
export default {
  projects: [
    suite('unit', [
      '<rootDir>/src/**/*.spec.ts',
      '<rootDir>/simulators/**/*.spec.ts',
      '<rootDir>/bench/**/*.spec.ts',
      '<rootDir>/web/**/*.spec.ts',
    ]),
    suite('contracts', ['<rootDir>/test/contracts/**/*.spec.ts']),
    suite('integration', ['<rootDir>/test/integration/**/*.spec.ts']),
    suite('scenarios', ['<rootDir>/test/scenarios/**/*.spec.ts']),
    suite('browser', ['<rootDir>/test/browser/**/*.spec.ts']),
    suite('chaos', ['<rootDir>/test/chaos/**/*.spec.ts']),
  ],
};
