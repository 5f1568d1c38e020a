/** Returns the block for a client's settings that starts the program with these servers. */
export function clientBlock(program: string, serverUrls: readonly string[]): string {
  const server = { command: process.execPath, args: [program], env: { MASTRA_SERVERS: serverUrls.join(' ') } };
  return JSON.stringify({ mcpServers: { agents: server } }, undefined, 2);
}
