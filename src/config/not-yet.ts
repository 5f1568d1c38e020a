/** What can be written already, but asks for the listener, which this version does not have. */
const LISTENER_SETTINGS = [
  { key: 'peers', variable: 'BGP_PEERS', harmless: undefined, instead: '' },
  { key: 'listen', variable: 'BGP_LISTEN', harmless: 'off', instead: ', or set it to off' },
  { key: 'advertiseUrl', variable: 'BGP_ADVERTISE_URL', harmless: undefined, instead: '' },
  { key: 'peerKey', variable: 'BGP_PEER_KEY', harmless: undefined, instead: '' },
  { key: 'transport', variable: 'MCP_TRANSPORT', harmless: 'stdio', instead: ' (or --http), or set it to stdio' },
  { key: 'port', variable: 'MCP_SERVER_PORT', harmless: undefined, instead: '' },
] as const;

/** The keys of these settings in a config file. */
export const LISTENER_KEYS: readonly string[] = LISTENER_SETTINGS.map(({ key }) => key);

/** Which of the present settings ask for the listener, each with a message that says how to be rid of it. */
export function listenerFaults(
  spelling: 'variable' | 'key',
  settings: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly message: string }[] {
  return LISTENER_SETTINGS.flatMap(({ key, variable, harmless, instead }) => {
    const name = spelling === 'key' ? key : variable;
    const value = settings[name];
    if (value === undefined || value === harmless) return [];
    return [
      { name, message: `asks for an HTTP listener, which this version does not have yet; remove ${name}${instead}` },
    ];
  });
}
