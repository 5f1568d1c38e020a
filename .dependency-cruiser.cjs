// The layers of docs/architecture.md: rooms of the shell import the core and telemetry, never one another; they meet in
// runtime.ts through ports. The one chain among them is copies -> peering -> speaker. Inside the core, packet is at the
// bottom and speaker on top.
const below = {
  cli: ['config', 'simulator'],
  peering: ['speaker'],
  copies: ['peering', 'egress'],
};

const rooms = [
  'config',
  'discovery',
  'agents',
  'egress',
  'forwarding',
  'mcp',
  'speaker',
  'peering',
  'copies',
  'health',
  'balancing',
  'admin',
  'cli',
];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/bgp/' },
      to: { pathNot: ['^src/bgp/', '^node_modules/zod/'] },
    },
    {
      name: 'packet-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/bgp/packet/' },
      to: { path: '^src/', pathNot: '^src/bgp/packet/' },
    },
    {
      name: 'speaker-is-on-top',
      severity: 'error',
      from: { path: '^src/bgp/[^/]+/' },
      to: { path: '^src/bgp/speaker\\.ts$' },
    },
    {
      name: 'simulator-sees-the-core-alone',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { pathNot: ['^src/simulator/', '^src/bgp/', '^node_modules/(zod|yaml)/'] },
    },
    ...rooms.map((room) => ({
      name: `${room}-meets-others-in-runtime`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: '^src/',
        pathNot: [
          `^src/${room}/`,
          '^src/(body-bytes|parse-json|body-text|cursors|failure|refusal-meaning|streamed-list)\\.ts$',
          '^src/bgp/',
          '^src/telemetry/',
          ...(below[room] ?? []).map((other) => `^src/${other}/`),
        ],
      },
    })),
    {
      name: 'telemetry-imports-the-vocabulary-alone',
      severity: 'error',
      from: { path: '^src/telemetry/' },
      to: { path: '^src/', pathNot: '^src/(telemetry|bgp/packet)/' },
    },
    {
      name: 'main-imports-runtime-config-cli',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(runtime\\.ts|cli/|config/|telemetry/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
