import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../src/core/bgp/policy/parse-policy.ts';
import { policyFile } from '../../../../src/core/bgp/policy/schema.ts';
import { VARIABLES } from '../../../../src/base/config/environment.ts';
import { fileSchema, serverSchema } from '../../../../src/base/config/file-schema.ts';
import { longForm } from '../../../../src/base/config/peer-schema.ts';
import { configOf } from './load-problems.ts';

const read = (name: string): string => readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8');
const page = read('docs/configuration.md');
const block = (language: string): string => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';
const failureCodes = read('src/base/failure/failure.ts').split('export type Reached')[0] ?? '';

describe('docs/configuration.md', () => {
  it.each([
    ...VARIABLES,
    ...Object.keys(fileSchema.shape),
    ...Object.keys(longForm.shape).map((key) => `peers[].${key}`),
    ...Object.keys(serverSchema.shape).map((key) => `servers[].${key}`),
    ...Object.keys(fileSchema.shape.discovery.unwrap().shape).map((key) => `discovery.${key}`),
    ...Object.keys(fileSchema.shape.calls.unwrap().shape).map((key) => `calls.${key}`),
    ...Object.keys(fileSchema.shape.health.unwrap().shape).map((key) => `health.${key}`),
    ...Object.keys(fileSchema.shape.balancing.unwrap().shape).map((key) => `balancing.${key}`),
    ...Object.keys(policyFile.out.shape),
    ...Array.from(failureCodes.matchAll(/'([A-Z_]+)'/g), ([, code]) => code ?? ''),
  ])('describes %s', (name) => {
    expect(page.includes(`\`${name}\``) || page.includes(`| \`${name}.`)).toBe(true);
  });

  it('shows a valid config file', async () => {
    const files = { '/c/proxy.yaml': block('yaml'), '/c/policy.json': block('json') };
    const config = await configOf({ AGENT_PROXY_CONFIG: '/c/proxy.yaml', AGENTS_TOKEN: 'abc' }, files);
    expect(config.servers.map(({ name }) => name)).toEqual(['local', 'cloud']);
    expect(config.policy.import.statements.map(({ name }) => name)).toEqual(['no-training', 'prefer-eu']);
  });

  it('shows a valid policy', () => {
    expect(parsePolicy(JSON.parse(block('json')))).toMatchObject({ ok: true });
  });
});
