import type { LinkedCopy } from '../../contract/answers/releases.js';
import { readFailure } from '../endpoint/failure.js';

type Copied = LinkedCopy['collections'];

/**
 * Compares a copy with its original, collection by collection, so that somebody sees how far it has come.
 * @param ask previews one collection; one that cannot be synced is refused with NO_RULES, and is left out
 * @param onStep before each collection: how many are done, and what is known by now
 */
export async function compareCopy(
	names: readonly string[],
	ask: (collection: string) => Promise<LinkedCopy>,
	onStep: (collection: string, done: number, known: Copied) => void,
): Promise<Copied> {
	const known = new Map<string, Copied[number]>();
	const sorted = () => [...known.values()].toSorted((a, b) => (a.collection < b.collection ? -1 : 1));
	for (const [done, name] of names.entries()) {
		// It may have come along with another one that it belongs to.
		if (known.has(name)) continue;
		onStep(name, done, sorted());
		try {
			const { collections } = await ask(name);
			for (const one of collections) if (!known.has(one.collection)) known.set(one.collection, one);
		} catch (thrown) {
			if (readFailure(thrown).code !== 'NO_RULES') throw thrown;
		}
	}
	return sorted();
}
