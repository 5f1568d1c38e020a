/** A fault of one value in a file. */
export interface ValueFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Replaces `${VAR}` and `${VAR:-default}` in every string value; `$${` stands for a literal `${`. */
export function expandVariables(
  value: unknown,
  env: Env,
  path: readonly PropertyKey[] = [],
): { readonly value: unknown; readonly faults: readonly ValueFault[] } {
  if (typeof value === 'string') return expandText(value, env, path);
  if (typeof value !== 'object' || value === null) return { value, faults: [] };
  const isList = Array.isArray(value);
  const faults: ValueFault[] = [];
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const expanded = expandVariables(inner, env, [...path, isList ? Number(key) : key]);
    faults.push(...expanded.faults);
    return [key, expanded.value];
  });
  return { value: isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries), faults };
}

function expandText(text: string, env: Env, path: readonly PropertyKey[]): { value: string; faults: ValueFault[] } {
  const faults: ValueFault[] = [];
  const value = text.replace(
    /\$\$\{|\$\{([^}]*)(\}?)/g,
    (match, inner: string | undefined, end: string | undefined) => {
      if (inner === undefined) return '${';
      const reference = end === '}' ? /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner) : null;
      if (reference === null) {
        const message = 'contains a malformed reference; write ${VAR} or ${VAR:-default}, and $${ for a literal ${';
        faults.push({ path, message });
        return match;
      }
      const name = reference[1] ?? '';
      // An empty variable counts as not set, as in the environment.
      const set = env[name] === '' ? undefined : env[name];
      const replacement = set ?? reference[2];
      if (replacement === undefined) {
        const message = `needs the variable ${name}, which is not set; set it, or write \${${name}:-default}`;
        faults.push({ path, message });
      }
      return replacement ?? '';
    },
  );
  return { value, faults };
}
