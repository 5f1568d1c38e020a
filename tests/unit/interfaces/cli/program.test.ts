import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('the command line', () => {
  it.each([
    [[], undefined],
    [['--stdio'], 'stdio'],
    [['--http'], 'http'],
  ])('%j serves on %s', async (argv, transport) => {
    expect(await run(...argv)).toEqual({ outcome: { type: 'serve', transport }, out: '', err: '' });
  });

  it('--version prints the version', async () => {
    expect(await run('--version')).toEqual({ outcome: { type: 'exit', code: 0 }, out: '1.2.3\n', err: '' });
  });

  it('--help names the variables, the commands and the exit codes', async () => {
    const { outcome, out } = await run('--help');
    expect(outcome).toEqual({ type: 'exit', code: 0 });
    for (const word of ['MASTRA_SERVERS', 'AGENT_PROXY_CONFIG', 'validate', 'init', '--http', '78 bad configuration']) {
      expect(out).toContain(word);
    }
  });

  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['bogus'], "unknown command 'bogus'"],
    [['--stdio', '--http'], "option '--stdio' cannot be used with option '--http'"],
    [['validate'], "missing required argument 'file'"],
    [['init', 'a', 'b'], "too many arguments for 'init'"],
  ])('%j is wrong usage', async (argv, message) => {
    const { outcome, out, err } = await run(...argv);
    expect(outcome).toEqual({ type: 'exit', code: 64 });
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});
