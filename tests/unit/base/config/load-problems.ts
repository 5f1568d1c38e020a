import { loadConfig } from '../../../../src/base/config/load-config.ts';
import { formatProblem } from '../../../../src/base/config/problem.ts';
import type { Config } from '../../../../src/base/config/config.ts';

type Files = Readonly<Record<string, string>>;

function reader(files: Files): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
    return text;
  };
}

/** Everything that is wrong, one line each. */
export async function problemsOf(env: Record<string, string>, files: Files = {}): Promise<readonly string[]> {
  const result = await loadConfig(env, reader(files));
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** The configuration, which must be valid. */
export async function configOf(env: Record<string, string>, files: Files = {}): Promise<Config> {
  const result = await loadConfig(env, reader(files));
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

/** What is wrong with a config file of this text. */
export function fileProblems(text: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  return problemsOf({ ...env, AGENT_PROXY_CONFIG: '/etc/proxy.yaml' }, { '/etc/proxy.yaml': text });
}

/** The configuration that a config file of this text gives. */
export function fileConfig(text: string, env: Record<string, string> = {}): Promise<Config> {
  return configOf({ ...env, AGENT_PROXY_CONFIG: '/etc/proxy.yaml' }, { '/etc/proxy.yaml': text });
}
