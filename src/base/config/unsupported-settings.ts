/** Settings with values that this version does not support. */
const UNSUPPORTED = [
  { key: 'transport', variable: 'MCP_TRANSPORT', harmless: 'stdio', instead: ' (or --http), or set it to stdio' },
] as const;

/** Keys of these settings in a config file. */
export const UNSUPPORTED_KEYS: readonly string[] = UNSUPPORTED.map(({ key }) => key);

/** Returns the settings with an unsupported value, each with a message that names a remedy. */
export function unsupportedFaults(
  spelling: 'variable' | 'key',
  settings: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly message: string }[] {
  return UNSUPPORTED.flatMap(({ key, variable, harmless, instead }) => {
    const name = spelling === 'key' ? key : variable;
    const value = settings[name];
    if (value === undefined || value === harmless) return [];
    return [{ name, message: `selects MCP over HTTP, which this version does not support; remove ${name}${instead}` }];
  });
}
