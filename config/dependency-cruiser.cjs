// Who may import whom (architecture: "Dependencies"). Types are free: they are gone at run time and couple nothing there;
// what counts is code that is loaded. Cycles are forbidden with and without types.
const EVERYONE = ['kernel'];
/** Where things start and stop, and what every service may log and count with. */
const GROUND = [...EVERYONE, 'config', 'platform', 'ops'];

const MAY_IMPORT = {
  kernel: [],
  config: EVERYONE,
  platform: [...EVERYONE, 'config'],
  ops: [...EVERYONE, 'config', 'platform'],
  access: GROUND,
  estate: [...GROUND, 'access'],
  telemetry: [...GROUND, 'access', 'estate'],
  detection: [...GROUND, 'estate', 'telemetry'],
  alarms: [...GROUND, 'access', 'estate'],
  tickets: [...GROUND, 'access', 'estate'],
  paging: [...GROUND, 'access', 'estate'],
  workflow: [...GROUND, 'access', 'estate', 'telemetry', 'detection', 'alarms', 'tickets', 'paging'],
  reports: [...GROUND, 'access', 'estate', 'telemetry', 'alarms', 'tickets', 'paging', 'workflow'],
  gateway: [...GROUND, 'access', 'estate', 'telemetry', 'alarms', 'tickets', 'paging', 'workflow', 'reports'],
};
const folders = Object.keys(MAY_IMPORT);

// Who may ask is decided at every edge: `http/` folders know of access even where the feature around them does not.
const layers = folders.flatMap((folder) => [
  layer(folder, `^src/${folder}/`, '/http/', MAY_IMPORT[folder]),
  layer(`${folder}-http`, `^src/${folder}/.*http/`, '^$', [...MAY_IMPORT[folder], 'access', folder]),
]);

function layer(name, from, except, allowed) {
  const forbidden = folders.filter((other) => !allowed.includes(other) && other !== name);
  return {
    name: `layer-${name}`,
    comment: `may import ${allowed.join(', ') || 'nothing'} of our own folders`,
    severity: 'error',
    // Composition roots: a command line tool, and the list of controllers that the interface's description is made of.
    from: { path: from, pathNot: ['\\.spec\\.ts$|-cli\\.ts$|/openapi-controllers\\.ts$', except] },
    to: { path: `^src/(${forbidden.join('|')})/`, dependencyTypesNot: ['type-only'] },
  };
}

const PURE = [
  '^src/kernel/',
  '^src/detection/(elevator|water-meter|pipe|riser|gate|device|estate)/',
  '\\.detector\\.ts$',
  '^src/alarms/alarm-transitions\\.ts$',
  '^src/tickets/(ticket-moves|ticket-clocks|slot-watch|procedure[^/]*)\\.ts$',
  '^src/tickets/procedures/',
  '^src/paging/(policy|roster|next-escalation)\\.ts$',
  '^simulators/(elevator|water-meter|pipe-network|gate)/',
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'a cycle has no order in which its files can be read, tested or started',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...layers,
    {
      name: 'pure-rules',
      comment: 'rules take (state, input, now): no framework, no database, no network, no timers, no files (law 8)',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: {
        path: [
          'node_modules/(@nestjs|pg|kysely|mqtt|aedes|bullmq|ioredis|socket\\.io|pino|prom-client)',
          '^(node:)?(fs|net|http|timers|child_process|worker_threads|dgram|dns)(/|$)',
          '^src/(platform|config|ops|gateway|access)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'service-knows-no-simulator',
      comment: 'what plays devices speaks over MQTT like a device; the service never calls it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(simulators|bench|test|web)/' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'production code importing fakes would ship them',
      severity: 'error',
      from: { path: '^(src|simulators|bench)/', pathNot: '\\.spec\\.ts$|/fake-[^/]*\\.ts$' },
      to: { path: '\\.spec\\.ts$|/fake-[^/]*\\.ts$|^test/' },
    },
    {
      name: 'resolvable',
      comment: 'every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
    skipAnalysisNotInRules: true,
  },
};
