import { cleanLabel } from './label.ts';
import { LIFE_FORM, SECRET_FORM, type Life, type Proof } from './life.ts';
import { MAX_ENTRIES_PER_UPDATE } from './limits.ts';
import type { Label, Reach, Update } from './message.ts';
import { isFamily, isNlri, type Nlri } from './nlri.ts';
import { decodeAttributes, type DecodedAttributes } from './wire-attributes.ts';
import { isRecord, refuse, type Decoded, type Hash, type Unfinished } from './wire-decoded.ts';

const FIELDS: ReadonlySet<string> = new Set(['type', 'withdrawn', 'attributes', 'reach', 'proofs', 'endOfRib']);

/** The route to each NLRI that was announced; undefined where only its name can be read. */
type Announced = Map<Nlri, Reach | undefined>;

/**
 * Reads an UPDATE (RFC 4271 §6.3). Only what hides which routes are meant closes the session; a route that can be named
 * but not read counts as withdrawn, and an entry that cannot be named is left out (RFC 7606 §2). Of an NLRI that is
 * announced twice the later entry counts; one that is announced is not withdrawn (RFC 4271 §4.3).
 */
export function decodeUpdate(json: Record<string, unknown>, hash: Hash): Decoded {
  const { withdrawn = [], reach = [], proofs = [], attributes, endOfRib } = json;
  if (!Array.isArray(withdrawn) || !Array.isArray(reach) || !Array.isArray(proofs)) {
    return refuse('malformed-attribute-list', 'withdrawn, reach and proofs must be arrays');
  }
  const stranger = Object.keys(json).find((field) => !FIELDS.has(field));
  if (stranger !== undefined) return refuse('malformed-attribute-list', `UPDATE has no field ${stranger}`);
  const entries = withdrawn.length + reach.length + proofs.length;
  if (entries > MAX_ENTRIES_PER_UPDATE) return refuse('bad-message-length', `UPDATE has ${entries} entries`);

  const names = withdrawn.filter(isNlri);
  const announced = readReach(reach);
  const message: Unfinished<Update> = {
    type: 'update',
    withdrawn: names.length === 0 ? names : [...new Set(names)].filter((nlri) => !announced.routes.has(nlri)),
    reach: [],
    proofs: proofs.map((proof) => readProof(proof, hash)).filter((proof) => proof !== undefined),
  };
  if (isFamily(endOfRib)) message.endOfRib = endOfRib;
  const dropped = entries - names.length - message.proofs.length - announced.named;
  return complete(message, announced.routes, reach.length === 0 ? undefined : decodeAttributes(attributes), dropped);
}

/** Adds to the rest of a message what it announced, as routes or as withdrawn ones. */
function complete(
  message: Unfinished<Update>,
  announced: Announced,
  attributes: DecodedAttributes | undefined,
  dropped: number,
): Decoded {
  const fault = attributes !== undefined && 'fault' in attributes ? attributes.fault : undefined;
  const usable = attributes === undefined || 'fault' in attributes ? undefined : attributes;
  const routes: Reach[] = [];
  const malformed: Nlri[] = [];
  for (const [nlri, route] of announced) {
    if (route === undefined || usable === undefined) malformed.push(nlri);
    else routes.push(route);
  }
  if (malformed.length > 0) message.withdrawn = [...message.withdrawn, ...malformed];
  message.reach = routes;
  if (routes.length > 0 && usable !== undefined) message.attributes = usable;
  const decoded = { ok: true, message, malformed, dropped } as const;
  return fault === undefined ? decoded : { ...decoded, fault };
}

function readReach(entries: readonly unknown[]): { routes: Announced; named: number } {
  const routes: Announced = new Map();
  let named = 0;
  for (const entry of entries) {
    if (!isRecord(entry)) continue;
    const { nlri } = entry;
    if (!isNlri(nlri)) continue;
    named += 1;
    routes.set(nlri, readRoute(nlri, entry));
  }
  return { routes, named };
}

function readRoute(nlri: Nlri, entry: Record<string, unknown>): Reach | undefined {
  const { life, name, description, modelVersion } = entry;
  const route: { nlri: Nlri; life?: Life; label?: Label } = { nlri };
  if (life !== undefined) {
    if (typeof life !== 'string' || !LIFE_FORM.test(life)) return undefined;
    route.life = life;
  }
  // No one routes on a label: a bad one is left out (RFC 7606 §2, attribute discard).
  if (typeof name === 'string' || typeof description === 'string') {
    const label = cleanLabel(textOf(name), textOf(description));
    route.label = modelVersion === 'v1' ? { ...label, modelVersion } : label;
  }
  return route;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readProof(entry: unknown, hash: Hash): Proof | undefined {
  if (!isRecord(entry)) return undefined;
  const { nlri, secret } = entry;
  if (!isNlri(nlri) || typeof secret !== 'string' || !SECRET_FORM.test(secret)) return undefined;
  return { nlri, secret, life: hash(nlri, secret) };
}
