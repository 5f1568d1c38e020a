import type { MastraServerOptions } from '../../tests/servers/mastra-server.ts';

/** The two servers of the demo; `weatherAgent` runs on both. */
export const SERVERS: readonly [MastraServerOptions, MastraServerOptions] = [
  {
    agents: [
      {
        id: 'weatherAgent',
        name: 'Weather',
        description: 'Tells the weather of any city, and remembers where you live',
        capabilities: ['weather/forecast'],
        memory: true,
      },
      {
        id: 'clockAgent',
        name: 'Clock',
        description: 'Tells the time',
        tool: true,
        behaviour: 'use-tool',
      },
    ],
  },
  {
    agents: [
      {
        id: 'weatherAgent',
        name: 'Weather, second copy',
        description: 'Tells the weather of any city',
        capabilities: ['weather/forecast'],
      },
      {
        id: 'poetAgent',
        name: 'Poet',
        description: 'Says everything slowly, word by word',
        capabilities: ['writing/poems'],
        chunkDelayMs: 150,
      },
    ],
  },
];
