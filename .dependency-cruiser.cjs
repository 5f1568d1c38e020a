// The layers of docs/architecture.md: rooms of the shell import the core and telemetry, never one another; they meet in
// runtime.ts through ports. The one chain among them is copies -> peering -> speaker. Inside the core, packet is at the
// bottom and speaker on top.
const below = {
  cli: ['config', 'simulator'],
  peering: ['speaker', 'egress'],
  copies: ['peering', 'egress'],
};

const rooms = [
  'config',
  'discovery',
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

// The rooms of the core from the bottom up. A room imports the levels below its own, and no other room of its own level.
// The files directly under src/bgp stand above all rooms: they are the speaker's public face.
const coreLevels = [
  ['packet'],
  ['policy', 'damping', 'fsm'],
  ['rib'],
  ['decision', 'reflection'],
  ['state'],
  ['update'],
  ['peers'],
];
const coreRooms = coreLevels.flat().join('|');

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/bgp/' },
      to: { pathNot: ['^src/bgp/', '^node_modules/zod/'] },
    },
    ...coreLevels.flatMap((level, index) =>
      level.map((room) => ({
        name: `core-${room}-imports-rooms-below`,
        severity: 'error',
        from: { path: `^src/bgp/${room}/` },
        to: {
          path: '^src/bgp/',
          pathNot: [room, ...coreLevels.slice(0, index).flat()].map((below) => `^src/bgp/${below}/`),
        },
      })),
    ),
    {
      name: 'core-room-has-a-level',
      severity: 'error',
      from: { path: `^src/bgp/(?!(${coreRooms})/)[^/]+/` },
      to: {},
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
          ...(below[room] ?? []).map((other) => `^src/${other}/`),
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
