// The layers of docs/architecture.md: rooms of the shell import the core and telemetry, never one another; they meet in
// runtime.ts through ports. Inside the core, packet is at the bottom and speaker on top.
const rooms = [
  'config',
  'discovery',
  'egress',
  'forwarding',
  'mcp',
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
          '^src/(body-bytes|parse-json|body-text|cursors|streamed-list)\\.ts$',
          '^src/failure/',
          '^src/bgp/',
          '^src/telemetry/',
          ...(room === 'cli' ? ['^src/config/', '^src/simulator/'] : []),
        ],
      },
    })),
    {
      name: 'servers-implement-the-ports-of-rooms-below',
      severity: 'error',
      from: { path: '^src/servers/' },
      to: {
        path: '^src/',
        pathNot: '^src/(servers/|discovery/|health/|forwarding/|failure/|bgp/|telemetry/|parse-json\\.ts$)',
      },
    },
    {
      name: 'kinds-of-servers-share-the-api-alone',
      severity: 'error',
      from: { path: '^src/servers/([^/]+)/' },
      to: { path: '^src/servers/[^/]+/', pathNot: '^src/servers/($1|api)/' },
    },
    {
      name: 'failure-imports-the-core-alone',
      severity: 'error',
      from: { path: '^src/failure/' },
      to: { path: '^src/', pathNot: '^src/(failure|bgp)/' },
    },
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
