import { capabilityPath } from '../../core/bgp/packet/nlri.ts';

/** Maximum number of inferred capabilities. More would not distinguish agents. */
const MAX_INFERRED = 16;

const MIN_WORD_LENGTH = 3;

/** Words that do not describe a capability. */
const EMPTY_WORDS = new Set(
  (
    'about agent agents all also and any anything are assistant based bot can for from get give given gives has have ' +
    'help helper helpful helps her him his how into its mastra more not one other our out over own provide provided ' +
    'provides self some such than that the their them then these they this those through too use used useful user ' +
    'users uses using very via was what when where which who will with without you your'
  ).split(' '),
);

/**
 * Infers the capabilities of an agent that declares none: the ids of its tools, then the words of its name, then those
 * of its description, each once.
 */
export function inferredCapabilities(name: string, description: string, toolIds: readonly string[]): readonly string[] {
  const named = [...toolIds, ...words(name), ...words(description)];
  return [...new Set(named.flatMap((text) => capabilityPath(text) ?? []))].slice(0, MAX_INFERRED);
}

function words(text: string): string[] {
  return (text.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').match(/\p{L}[\p{L}\p{N}]*/gu) ?? [])
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= MIN_WORD_LENGTH && !EMPTY_WORDS.has(word));
}
