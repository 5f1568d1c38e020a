import type { PathAttributes } from '../packet/attributes.ts';
import type { Family } from '../packet/nlri.ts';
import { changeAttributes, changedKeys } from './change.ts';
import { compileMatch, type Condition } from './match.ts';
import type { AppliedStatement, Chain, Changes, PolicyContext, PolicyVerdict, Rejection, Statement } from './policy.ts';

/** A statement made ready: what can be known without a route is worked out once. */
interface CompiledStatement {
  readonly matches: Condition;
  readonly set: Changes;
  readonly continue: boolean;
  /** The verdict on a matching route, when the statement rejects. */
  readonly rejection: Rejection | undefined;
  /** The entry of the verdict when the statement matched and altered nothing. */
  readonly unaltered: AppliedStatement;
}

interface CompiledChain {
  readonly statements: readonly CompiledStatement[];
  readonly otherwise: Rejection | undefined;
}

const compiled = new WeakMap<Chain, CompiledChain>();
const NONE: readonly AppliedStatement[] = [];

/**
 * Applies a chain to a route (RFC 4271 §9.1.1): the first statement that matches ends it. One that says `continue`
 * changes the route and decides nothing: what follows sees the changed route, and where nothing ends the chain its
 * `otherwise` does. A verdict without changes carries the very attributes that were given.
 */
export function evaluate(chain: Chain, attributes: PathAttributes, context: PolicyContext): PolicyVerdict {
  const { statements, otherwise } = compiledOf(chain);
  let current = attributes;
  let weight: number | undefined;
  let applied: AppliedStatement[] | undefined;
  for (const statement of statements) {
    if (!statement.matches(current, context)) continue;
    if (statement.rejection) return statement.rejection;
    const before = current;
    current = changeAttributes(before, statement.set, context.prependAsn);
    (applied ??= []).push(outcome(statement, before, current, weight));
    weight = statement.set.weight ?? weight;
    if (!statement.continue) return { accepted: true, attributes: current, weight, applied };
  }
  return otherwise ?? { accepted: true, attributes: current, weight, applied: applied ?? NONE };
}

/**
 * True if two routes of a family with the same attributes and the same neighbour may get different verdicts. Where they may
 * not, one verdict serves every NLRI of the family that is announced with that attribute set.
 */
export function dependsOnNlri(chain: Chain, family: Family): boolean {
  return chain.statements.some(
    ({ match }) => match.agentPrefixes !== undefined || (family === 'capability' && match.capabilities !== undefined),
  );
}

function outcome(
  { set, unaltered }: CompiledStatement,
  before: PathAttributes,
  after: PathAttributes,
  weight: number | undefined,
): AppliedStatement {
  const reweighed = set.weight !== undefined && set.weight !== weight;
  if (after === before && !reweighed) return unaltered;
  const changed = changedKeys(before, after, set);
  if (reweighed) changed.push('weight');
  return { ...unaltered, changed };
}

function compiledOf(chain: Chain): CompiledChain {
  const known = compiled.get(chain);
  if (known) return known;
  const fresh: CompiledChain = {
    statements: chain.statements.map((statement, index) => compile(statement, `${chain.direction}[${index}]`)),
    otherwise:
      chain.otherwise === 'reject'
        ? { accepted: false, by: 'default', place: `${chain.direction}.default`, name: undefined }
        : undefined,
  };
  compiled.set(chain, fresh);
  return fresh;
}

function compile(statement: Statement, place: string): CompiledStatement {
  const { name } = statement;
  return {
    matches: compileMatch(statement),
    set: statement.set,
    continue: statement.continue,
    rejection: statement.action === 'reject' ? { accepted: false, by: 'statement', place, name } : undefined,
    unaltered: { place, name, changed: [] },
  };
}
