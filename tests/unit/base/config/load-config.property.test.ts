import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAsn } from '../../../../src/core/bgp/packet/asn.ts';
import type { Config } from '../../../../src/base/config/config.ts';
import { loadConfig } from '../../../../src/base/config/load-config.ts';
import { formatProblem } from '../../../../src/base/config/problem.ts';
import { LOG_LEVELS } from '../../../../src/base/telemetry/log-level.ts';
import { configOf } from './load-problems.ts';

const VARIABLES = [
  'MASTRA_SERVERS',
  'AGENT_ROUTING_POLICY',
  'AGENT_PROXY_CONFIG',
  'BGP_ASN',
  'BGP_ROUTER_ID',
  'BGP_PEERS',
  'BGP_LISTEN',
  'BGP_ADVERTISE_URL',
  'BGP_PEER_KEY',
  'MCP_TRANSPORT',
  'MCP_SERVER_PORT',
  'LOG_LEVEL',
  'MASTRA_CLIENT_RETRIES',
  'MASTRA_CLIENT_BACKOFF_MS',
  'MASTRA_CLIENT_MAX_BACKOFF_MS',
] as const;

type Variable = (typeof VARIABLES)[number];

/** What a valid value of a variable must have done; the others cannot be valid without a file, or at all. */
const EFFECT: Partial<Record<Variable, (config: Config, value: string) => boolean>> = {
  MASTRA_SERVERS: (config, value) =>
    config.servers.length === (value === 'none' ? 0 : value.split(/[\s,]+/).filter((item) => item !== '').length),
  BGP_ASN: (config, value) => isAsn(config.asn) && String(config.asn) === value,
  BGP_ROUTER_ID: (config, value) => config.routerId === value,
  BGP_PEERS: ({ peering }, value) =>
    peering?.peers.length === value.split(/[\s,]+/).filter((item) => item !== '').length,
  BGP_LISTEN: ({ peering }, value) => value === 'off' || value.endsWith(`:${peering?.listen?.port}`),
  BGP_ADVERTISE_URL: ({ peering }, value) => peering?.advertiseUrl === baseUrlOf(value),
  BGP_PEER_KEY: ({ peering }) => peering?.keyed === true,
  MCP_SERVER_PORT: ({ peering }, value) => String(peering?.listen?.port) === value,
  MCP_TRANSPORT: (_, value) => value === 'stdio',
  LOG_LEVEL: (config, value) => config.logLevel === LOG_LEVELS.find((level) => level === value.toLowerCase()),
  MASTRA_CLIENT_RETRIES: (config, value) => String(config.discovery.retries) === value,
  MASTRA_CLIENT_BACKOFF_MS: (config, value) => String(config.discovery.backoffMs) === value,
  MASTRA_CLIENT_MAX_BACKOFF_MS: (config, value) => String(config.discovery.maxBackoffMs) === value,
};

/** Origin and path, without slashes at the end. */
function baseUrlOf(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/+$/, '');
}

const plausible = fc.oneof(
  fc.constantFrom('none', 'off', 'stdio', 'http', 'info', 'WARN', '0', '1', '65001', '4294967295', '10.0.0.1', '1e3'),
  fc.webUrl(),
  fc.array(fc.oneof(fc.webUrl(), fc.string({ maxLength: 8 }))).map((items) => items.join(' ')),
  fc.integer().map(String),
  fc.ipV4(),
);
const garbage = fc.oneof(plausible, fc.string({ unit: 'binary' }), fc.string());

const noFiles = (path: string): string => {
  throw new Error(`no file ${path}`);
};

describe('any text in any variable', () => {
  it('is either accepted unchanged or rejected by name, and never replaced by a default', async () => {
    const defaults = await configOf({});
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...VARIABLES), garbage, async (name, text) => {
        const value = text.trim();
        const result = await loadConfig({ [name]: text }, noFiles);
        if (!result.ok) {
          expect(result.problems.map((problem) => formatProblem(problem).startsWith(name))).not.toContain(false);
        } else if (value === '') {
          expect(result.config).toEqual(defaults);
        } else {
          expect(EFFECT[name]?.(result.config, value)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('in many variables at once never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...VARIABLES), garbage), async (env) => {
        const { ok } = await loadConfig(env, noFiles);
        expect(ok).toBeTypeOf('boolean');
      }),
      { numRuns: 500 },
    );
  });
});

describe('any text in any file', () => {
  it('never throws, and every problem has a line and a column', async () => {
    const json = fc.json().map((text) => `{"servers": [${text}], "policy": ${text}}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, fc.string(), fc.string({ unit: 'binary' })), async (text) => {
        const result = await loadConfig({ AGENT_PROXY_CONFIG: 'c' }, (path) => (path === 'c' ? text : noFiles(path)));
        const problems = result.ok ? [] : result.problems;
        expect(problems.filter(({ line, column }) => line === undefined || column === undefined)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
