import { Writable } from 'node:stream';

/**
 * Takes standard output for the protocol alone: the returned stream writes to it, and whatever else writes to
 * `process.stdout`, `console.log` included, ends up on standard error.
 */
export function claimStdout(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => {
      // A file takes what is written at once, and throws where it cannot.
      try {
        write(chunk, done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}
