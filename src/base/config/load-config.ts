import type { LoadConfig, ReadFile } from './config.ts';
import { readEnvironment } from './environment.ts';
import type { Reading } from './partial-config.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { resolve } from './resolve-config.ts';

const NOTHING: Reading = { given: {}, problems: [] };

/**
 * Loads the configuration from the variables and the files that they name, or returns all of its problems. Never throws,
 * and never replaces a bad value by a default.
 */
export const loadConfig: LoadConfig = async (env, readFile) => {
  const variables = readEnvironment(env);
  const file = variables.configFile === undefined ? NOTHING : await openConfigFile(variables.configFile, env, readFile);
  return resolve([file.given, variables.given], [...variables.problems, ...file.problems], readFile);
};

async function openConfigFile(path: string, env: Parameters<LoadConfig>[0], readFile: ReadFile): Promise<Reading> {
  const text = readText(path, readFile);
  if ('value' in text) {
    // Imported only if a file is named, because most routers start without one and start-up time matters.
    const { readConfigFile } = await import('./config-file.ts');
    return readConfigFile(path, text.value, env);
  }
  const problem: Problem = { source: 'AGENT_PROXY_CONFIG', value: path, message: `names a file that ${text.fault}` };
  return { given: {}, problems: [problem] };
}
