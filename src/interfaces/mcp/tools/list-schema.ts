import * as z from 'zod';
import { MAX_ASN } from '../../../core/bgp/packet/asn.ts';
import { capabilitySchema } from './capability-schema.ts';
import { routeMetricsSchema } from './route-metrics-schema.ts';

/** Maximum length of a cursor. Valid cursors are much shorter. */
const MAX_CURSOR_LENGTH = 1_000;

/** Schema of the arguments of `list-agents`. */
export const inputSchema = z.strictObject({
  capability: capabilitySchema.optional().describe('Only agents with this capability or one below it, such as coding'),
  server: z.string().min(1).optional().describe('Only this server, by name, such as server0'),
  asn: z.int().min(1).max(MAX_ASN).optional().describe('Only servers of this AS number'),
  limit: z.int().min(1).max(1_000).optional().describe('Maximum number of agents'),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional().describe('summary.nextCursor of the previous page'),
  refresh: z.boolean().optional().describe('Poll the servers first'),
});

const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  fullyQualifiedId: z.string().describe('Calls exactly this copy'),
  route: routeMetricsSchema.extend({
    nextHop: z.string(),
    best: z.boolean().describe('True if a plain id calls this copy'),
  }),
  cut: z.literal(true).optional().describe('Its texts and lists are truncated'),
});

const serverSchema = z.object({
  serverName: z.string(),
  serverUrl: z.string(),
  serverDescription: z.string(),
  asn: z.number(),
  status: z.enum(['online', 'error']),
  error: z.string().optional(),
  agents: z.array(agentSchema),
});

const peerSchema = z.object({ name: z.string(), asn: z.number(), url: z.string().optional(), state: z.string() });

const conflictSchema = z.object({ agentId: z.string(), servers: z.array(z.string()) });

/** Schema of the result of `list-agents`. */
export const outputSchema = z.object({
  serverAgents: z.array(serverSchema),
  summary: z.object({
    totalServers: z.number(),
    onlineServers: z.number(),
    totalAgents: z.number(),
    shown: z.number(),
    nextCursor: z.string().optional(),
    agentConflicts: z.array(conflictSchema).describe('Ids that several servers have'),
    totalConflicts: z.number().optional(),
    asNumbers: z.array(z.number()),
    peers: z.array(peerSchema).describe('Other routers'),
    totalPeers: z.number().optional(),
    notice: z.string().optional().describe('Further information'),
  }),
});

export type Filter = Omit<z.output<typeof inputSchema>, 'cursor' | 'refresh'>;
export type ListedAgent = z.output<typeof agentSchema>;
export type ServerAgents = z.output<typeof serverSchema>;
export type Conflict = z.output<typeof conflictSchema>;
export type Listing = z.output<typeof outputSchema>;
