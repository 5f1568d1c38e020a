/** Help text below the list of options and commands. */
export const HELP = `
Without a command, the program is an MCP server on standard input and output. Its two tools, list-agents and
agent-proxy, find and call the agents of the configured servers.

Variables (see docs/configuration.md):
  MASTRA_SERVERS                URLs of agent servers, separated by spaces or commas, each as url or name=url;
                                none for no servers (default: http://localhost:4111)
  AGENT_PROXY_CONFIG            path of a config file, YAML or JSON; a variable wins over the file
  AGENT_ROUTING_POLICY          path of a routing policy, JSON (default: accept everything)
  BGP_ASN                       own AS number (default: 65000)
  BGP_ROUTER_ID                 dotted quad, unique per router (default: chosen once and kept if there is a listener)
  BGP_PEERS                     other routers, ASN@URL, separated by spaces or commas
  BGP_LISTEN                    host:port of the listener for other routers, or off
                                (default: 127.0.0.1:3001 once any other BGP_* variable is set)
  BGP_ADVERTISE_URL             URL at which other routers reach the listener (default: that of BGP_LISTEN)
  BGP_PEER_KEY                  secret shared with the peers; required to listen beyond this machine
  MCP_SERVER_PORT               port of the listener (default: 3001)
  LOG_LEVEL                     trace, debug, info, warn, error, fatal or silent (default: info)
  MASTRA_CLIENT_RETRIES         retries of a failed discovery request; calls are never retried (default: 3)
  MASTRA_CLIENT_BACKOFF_MS      wait before the first retry (default: 300)
  MASTRA_CLIENT_MAX_BACKOFF_MS  longest wait between retries (default: 5000)
  MCP_TRANSPORT                 stdio, as --stdio, or http, as --http (default: stdio)

Examples:
  MASTRA_SERVERS="http://localhost:4111 cloud=https://agents.example.com" mcp-agent-proxy
  BGP_ASN=65101 BGP_PEERS=65102@https://router.example.com mcp-agent-proxy
  mcp-agent-proxy init agent-proxy.yaml
  mcp-agent-proxy validate agent-proxy.yaml policy.json
  mcp-agent-proxy simulate network.yaml --script script.yaml --seed 7
  mcp-agent-proxy explain weatherAgent

Exit codes: 0 success, 1 failure, 64 wrong usage, 78 bad configuration
`;
