import { describe, expect, it } from 'vitest';
import { coveringPaths } from '../../../../../src/core/bgp/packet/covering-paths.ts';

describe('the paths that cover a capability path (RFC 4632 §5.1)', () => {
  it.each([
    ['coding/typescript/react', undefined, ['coding/typescript/react', 'coding/typescript', 'coding']],
    ['coding/typescript/react', 'coding/typescript', ['coding/typescript/react', 'coding/typescript']],
    ['coding', undefined, ['coding']],
    ['coding', 'coding', ['coding']],
    ['coding', 'coding/typescript', []],
  ])('of %s down to %s are %j, the longest first', (path, shortest, covering) => {
    expect([...coveringPaths(path, shortest)]).toEqual(covering);
  });
});
