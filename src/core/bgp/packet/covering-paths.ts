/**
 * Yields a capability path and every shorter path that covers it, the longest first, down to `shortest` (RFC 4632 §5.1). A path
 * has few segments, so one probe of a table for each finds the longest match without a trie.
 */
export function* coveringPaths(path: string, shortest = ''): Generator<string> {
  for (let covering = path; covering.length >= shortest.length;) {
    yield covering;
    const end = covering.lastIndexOf('/');
    if (end === -1) return;
    covering = covering.slice(0, end);
  }
}
