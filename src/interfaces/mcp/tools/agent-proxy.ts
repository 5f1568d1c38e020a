import { setTimeout as elapsed } from 'node:timers/promises';
import * as z from 'zod';
import { MAX_COMMUNITY_LENGTH } from '../../../core/bgp/packet/community.ts';
import { cleanText } from '../../../core/bgp/packet/clean-text.ts';
import { fits } from '../../../core/bgp/packet/json-size.ts';
import { MAX_JSON_DEPTH } from '../../../base/telemetry/map-texts.ts';
import type { Chunk } from '../backend.ts';
import { chunkProgress } from '../chunk-progress.ts';
import { parseArguments } from '../parse-arguments.ts';
import { responseData } from '../response-data.ts';
import { shortened } from '../shortened.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { capabilitySchema } from './capability-schema.ts';
import { routeMetricsSchema } from './route-metrics-schema.ts';

const NAME = 'agent-proxy';

/** Maximum size of the text of one call. Longer text belongs in a file that the agent can read. */
const MAX_BYTES = 4 * 1024 * 1024;
const TOO_LARGE = `must not exceed ${MAX_BYTES} bytes (4 MB) in total`;
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/**
 * Interval of progress. Desktop clients time out after about 60 s, and the documentation promises at least every 10 s.
 */
const HEARTBEAT_MS = 8_000;

/**
 * Delay of the answer after the last progress, because the SDK's client drops progress that it reads together with the
 * answer.
 */
const LAST_PROGRESS_MS = 5;

/** Maximum length of an id in progress messages. */
const MAX_SHOWN_ID = 128;

const messageSchema = z.strictObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string().min(1),
});

const inputSchema = z.strictObject({
  targetAgentId: z
    .string()
    .describe(
      'weatherAgent, server0:weatherAgent, as65002:weatherAgent, or a capability path such as coding/typescript',
    ),
  messages: z
    .array(messageSchema)
    .min(1)
    .refine(
      (messages) => messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0) <= MAX_BYTES,
      TOO_LARGE,
    )
    .describe('The conversation, oldest turn first. The agent sees nothing else.'),
  interactionType: z
    .enum(['generate', 'stream'])
    .default('generate')
    .describe('generate: one answer. stream: the same answer with progress messages'),
  serverUrl: z.string().optional().describe('Call only this base URL, a configured server or known next hop'),
  threadId: z.string().min(1).optional().describe("Thread of the agent's memory; needs resourceId"),
  resourceId: z.string().min(1).optional().describe("Owner of the thread in the agent's memory; needs threadId"),
  agentOptions: z
    .record(z.string(), z.unknown())
    .refine(
      (options) => fits(options, MAX_BYTES, MAX_JSON_DEPTH),
      `${TOO_LARGE} or a nesting depth of ${MAX_JSON_DEPTH}`,
    )
    .optional()
    .describe("Options of the agent's own API, forwarded unchanged"),
  requiredCapabilities: z.array(capabilitySchema).max(32).optional().describe('Use only a copy that has all of these'),
  constraints: z
    .strictObject({
      maxResponseTimeMs: z.number().positive().optional(),
      minSuccessRate: z.number().min(0).max(1).optional(),
      region: z.string().min(1).max(MAX_COMMUNITY_LENGTH).optional(),
    })
    .optional()
    .describe('Use only a copy with these measurements or in this region'),
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).optional().describe('Time limit; default 10 minutes'),
  retry: z
    .enum(['unreached', 'always'])
    .optional()
    .describe('always: try other copies even if one may have run. Only for tasks that may safely run twice'),
  includeRaw: z.boolean().optional().describe('Add the whole server reply as responseData.raw; it is long'),
});

const attemptSchema = z.object({ nextHop: z.string(), outcome: z.string(), ms: z.number() });

const outputSchema = z.object({
  success: z.literal(true),
  responseData: z.looseObject({ text: z.string() }),
  interactionType: z.enum(['generate', 'stream']),
  serverUsed: z.string().describe('Base URL that was called'),
  agentIdUsed: z.string(),
  fullyQualifiedId: z.string().describe('Calls exactly this copy again'),
  resolutionMethod: z.enum(['explicit_url_override', 'explicit_qualification', 'bgp_resolution', 'capability_match']),
  match: z
    .object({ capability: z.string(), candidates: z.number(), decidedBy: z.string() })
    .optional()
    .describe('Why this agent was chosen for the capability'),
  routeMetrics: routeMetricsSchema,
  attempts: z.array(attemptSchema).describe('Every server tried; the last one answered'),
});

const description = `Sends a conversation to an agent and returns its answer. The agent may be on any configured server; the router finds the best copy.

Use it when a task fits an agent that list-agents shows. Call list-agents first unless you know the id.

targetAgentId:
- "weatherAgent": the best copy of the agent with this id
- "server1:weatherAgent": the copy on this server; "as65002:weatherAgent": the copy in this AS
- "coding/typescript": the best agent with this capability (a path with a slash)

The agent sees only the messages you pass, so include everything it needs. To continue a conversation, pass all earlier turns again, or use the agent's memory with the same threadId and resourceId.

The answer is responseData.text; if truncated, it names the resource with the whole text. An agent may have side effects, so do not repeat a call that may have run. Nor does the router, unless retry is "always".

Errors are JSON {code, message}:
- AGENT_NOT_FOUND: no such agent; the message names the nearest ids
- INVALID_AGENT_ID, INVALID_REQUEST: correct the arguments as the message says
- DENIED_BY_POLICY: the operator forbids it; do not try variants
- SERVER_UNAVAILABLE: the server is unavailable; retry later or use another agent
- TIMEOUT: no answer in time; the agent may still be running
- AGENT_ERROR: the agent returned an error; earlier text is in responseData
- LOOP_DETECTED: the agent is already handling this call; answer without it
- INVALID_CONFIG: tell the user, who must correct the configuration

After a request was sent, "reached" says if the agent has run: "no", "maybe" or "yes". Repeat the call only after "no".`;

/** Tool that calls an agent through the routing table. */
export const agentProxy: Tool = {
  name: NAME,
  aliases: ['callMastraAgent'],
  title: 'Call an agent',
  description,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  inputSchema,
  outputSchema,
  failureFields: { attempts: [] },
  run: async (args, context) => {
    const request = parseArguments(NAME, inputSchema, args);
    const { progress, signal, brought } = context;
    const { mask, maxResultLength: maxLength } = context.backend;
    const onChunk: (chunk: Chunk) => void = progress === undefined ? () => undefined : chunkProgress(progress, mask);
    const { reply, ...way } = await whileWaiting(request.targetAgentId, context, () =>
      context.backend.call(request, { signal, onChunk, brought }),
    );
    if (progress !== undefined && request.interactionType === 'stream') await elapsed(LAST_PROGRESS_MS);
    const { interactionType } = request;
    const said = shortened(responseData(reply, request.includeRaw === true, mask), {
      agent: way.agentIdUsed,
      maxLength,
      keep: context.keep,
    });
    return { success: true, responseData: said, interactionType, ...way };
  },
};

async function whileWaiting<T>(agent: string, { progress }: ToolContext, work: () => Promise<T>): Promise<T> {
  if (progress === undefined) return work();
  const started = performance.now();
  const heartbeat = setInterval(() => {
    progress(`Waiting for ${cleanText(agent, MAX_SHOWN_ID)}: ${Math.round((performance.now() - started) / 1000)} s`);
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
  }
}
