import { Console } from 'node:console';

/** Sends whatever a library prints to standard error: standard output belongs to the MCP protocol alone. */
export function redirectConsole(): void {
  Object.assign(globalThis.console, new Console({ stdout: process.stderr, stderr: process.stderr }));
}
