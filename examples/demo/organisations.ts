import { fileURLToPath } from 'node:url';
import type { MastraServerOptions } from '../../tests/servers/mastra-server.ts';

/** An organisation: an AS with a router and an optional server of agents. */
export interface Organisation {
  readonly name: string;
  readonly asn: number;
  readonly peers: readonly OrganisationName[];
  readonly server?: MastraServerOptions;
  readonly policy?: string;
}

export type OrganisationName = 'finance' | 'core' | 'engineering';

/** The organisations of the demo. Finance and engineering peer with a core, whose policy decides which routes pass. */
export const ORGANISATIONS: Readonly<Record<OrganisationName, Organisation>> = {
  finance: {
    name: 'Finance',
    asn: 65001,
    peers: ['core'],
    server: {
      agents: [
        { id: 'budgetAgent', description: 'Plans budgets', capabilities: ['finance/budget'] },
        { id: 'auditAgent', description: 'Audits the books', capabilities: ['finance/audit'] },
        {
          id: 'reportAgent',
          description: 'Writes reports for everybody',
          capabilities: ['finance/report'],
          communities: ['public'],
          chunkDelayMs: 100,
        },
      ],
    },
  },
  core: {
    name: 'Corporate core',
    asn: 65000,
    peers: ['finance', 'engineering'],
    policy: fileURLToPath(new URL('../policies/no-finance-to-engineering.json', import.meta.url)),
  },
  engineering: {
    name: 'Engineering',
    asn: 65002,
    peers: ['core'],
    server: {
      agents: [
        { id: 'codeAgent', description: 'Writes code', capabilities: ['coding/typescript'] },
        { id: 'testAgent', description: 'Tests code', capabilities: ['coding/testing'] },
        { id: 'deployAgent', description: 'Ships code', capabilities: ['operations/deploy'] },
      ],
    },
  },
};
