import { Writable } from 'node:stream';

/**
 * Reserves standard output for the protocol. Only the returned stream writes to it. Other writes to `process.stdout`,
 * including `console.log`, go to standard error.
 */
export function claimStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => {
      // A write to a file is synchronous and throws on failure.
      try {
        write(chunk, done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}
