import type { LoadConfig, ReadFile } from './config.ts';
import { readEnvironment } from './environment.ts';
import type { Reading } from './given.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { resolve } from './resolve-config.ts';

const NOTHING: Reading = { given: {}, problems: [] };

/**
 * The configuration that the variables and the files they name describe, or everything that is wrong with it. Never
 * throws, and never puts a default in the place of a bad value.
 */
export const loadConfig: LoadConfig = async (env, readFile) => {
  const variables = readEnvironment(env);
  const file = variables.configFile === undefined ? NOTHING : await openConfigFile(variables.configFile, env, readFile);
  return resolve([file.given, variables.given], [...variables.problems, ...file.problems], readFile);
};

async function openConfigFile(path: string, env: Parameters<LoadConfig>[0], readFile: ReadFile): Promise<Reading> {
  const text = readText(path, readFile);
  if ('value' in text) {
    // Loaded only when there is a file: most routers start without one, and each start counts.
    const { readConfigFile } = await import('./config-file.ts');
    return readConfigFile(path, text.value, env);
  }
  const problem: Problem = { source: 'AGENT_PROXY_CONFIG', value: path, message: `names a file that ${text.fault}` };
  return { given: {}, problems: [problem] };
}
