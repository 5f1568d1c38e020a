/** Exit codes; `usage` and `config` follow BSD's sysexits. */
export const EXIT = { ok: 0, failure: 1, usage: 64, config: 78 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
