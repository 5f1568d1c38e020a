// The layers of docs/architecture.md, by path, so that a new folder has its rules from its first file. The wings stand
// above one another, and a wing imports only those below it. The rooms of a wing meet in runtime through ports.
const wingsBelow = {
  runtime: ['interfaces', 'servers', 'data-plane', 'control-plane', 'base', 'core'],
  interfaces: ['data-plane', 'control-plane', 'base', 'core'],
  servers: ['data-plane', 'control-plane', 'base', 'core'],
  'data-plane': ['base', 'core'],
  'control-plane': ['base', 'core'],
  base: ['core'],
  core: [],
};

// The rooms that another room of their wing may import.
const neighbours = {
  'control-plane/peering': ['speaker'],
  'control-plane/copies': ['peering', 'speaker'],
  'base/egress': ['failure'],
  'base/config': ['failure', 'telemetry'],
};

// The rooms of the core from the bottom up. A room imports the levels below its own, and no other room of its own level.
// The files directly under src/core/bgp stand above all rooms: they are the speaker's public face.
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
      name: 'every-file-has-a-wing',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(main\\.ts$|(${Object.keys(wingsBelow).join('|')})/)` },
      to: {},
    },
    {
      name: 'main-imports-runtime-cli-telemetry',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(runtime|interfaces/cli|base/telemetry)/' },
    },
    ...Object.entries(wingsBelow).map(([wing, below]) => ({
      name: `${wing}-imports-wings-below`,
      severity: 'error',
      from: { path: `^src/${wing}/` },
      to: { path: '^src/', pathNot: [wing, ...below].map((one) => `^src/${one}/`) },
    })),
    {
      name: 'rooms-meet-in-runtime',
      severity: 'error',
      from: {
        path: '^src/(interfaces|data-plane|control-plane|base)/([^/]+)/',
        pathNot: Object.keys(neighbours).map((room) => `^src/${room}/`),
      },
      to: { path: '^src/$1/', pathNot: '^src/$1/$2/' },
    },
    ...Object.entries(neighbours).map(([room, others]) => {
      const [wing, name] = room.split('/');
      return {
        name: `${room}-imports-named-neighbours`,
        severity: 'error',
        from: { path: `^src/${room}/` },
        to: { path: `^src/${wing}/`, pathNot: [name, ...others].map((one) => `^src/${wing}/${one}/`) },
      };
    }),
    {
      name: 'config-is-for-runtime-and-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(runtime|interfaces/cli|base/config)/' },
      to: { path: '^src/base/config/' },
    },
    {
      name: 'kinds-of-servers-share-the-api',
      severity: 'error',
      from: { path: '^src/servers/([^/]+)/' },
      to: { path: '^src/servers/[^/]+/', pathNot: '^src/servers/($1|api)/' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', '^node_modules/(zod|yaml)/'] },
    },
    {
      name: 'core-does-not-know-its-simulator',
      severity: 'error',
      from: { path: '^src/core/bgp/' },
      to: { pathNot: ['^src/core/bgp/', '^node_modules/zod/'] },
    },
    ...coreLevels.flatMap((level, index) =>
      level.map((room) => ({
        name: `core-${room}-imports-rooms-below`,
        severity: 'error',
        from: { path: `^src/core/bgp/${room}/` },
        to: {
          path: '^src/core/bgp/',
          pathNot: [room, ...coreLevels.slice(0, index).flat()].map((below) => `^src/core/bgp/${below}/`),
        },
      })),
    ),
    {
      name: 'core-room-has-a-level',
      severity: 'error',
      from: { path: `^src/core/bgp/(?!(${coreRooms})/)[^/]+/` },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
