/** What can be written already, but asks for the listener, which this version does not have. */
const LISTENER_SETTINGS = [
  { key: 'peers', variable: 'BGP_PEERS', instead: '' },
  { key: 'listen', variable: 'BGP_LISTEN', instead: ', or set it to off' },
  { key: 'advertiseUrl', variable: 'BGP_ADVERTISE_URL', instead: '' },
  { key: 'peerKey', variable: 'BGP_PEER_KEY', instead: '' },
  { key: 'transport', variable: 'MCP_TRANSPORT', instead: ' (or --http), or set it to stdio' },
  { key: 'port', variable: 'MCP_SERVER_PORT', instead: '' },
] as const;

/** The keys of these settings in a config file. */
export const LISTENER_KEYS: readonly string[] = LISTENER_SETTINGS.map(({ key }) => key);

/** Which of the present settings ask for the listener, each with a message that says how to be rid of it. */
export function listenerFaults(
  spelling: 'variable' | 'key',
  settings: Readonly<Record<string, unknown>>,
): readonly { readonly name: string; readonly message: string }[] {
  return LISTENER_SETTINGS.filter((setting) => asksForMore(settings[setting[spelling]])).map((setting) => ({
    name: setting[spelling],
    message: `asks for an HTTP listener, which this version does not have yet; remove ${setting[spelling]}${setting.instead}`,
  }));
}

function asksForMore(value: unknown): boolean {
  return value !== undefined && value !== 'off' && value !== 'stdio';
}
