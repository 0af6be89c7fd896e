import type { Row } from '../../kernel/core/row.js';
import type { ApplyTransaction } from './apply-ports.js';

/**
 * The same transaction, in which deletions of a collection that follow each other become one write, and so do updates to
 * the same values: they came from one request there, and one costs little more than a single item does. A write is done
 * as soon as something else is to be done; so nobody reads past what is still waiting, and all comes in the order in
 * which it was said.
 * @returns the transaction, and what does the last of it
 */
export function joinWrites(tx: ApplyTransaction): { tx: ApplyTransaction; done(): Promise<void> } {
	let open: { collection: string; values: Row | null; kind: string; keys: Set<string> } | null = null;

	async function done(): Promise<void> {
		if (!open) return;
		const { collection, keys, values } = open;
		open = null;
		await (values === null ? tx.remove(collection, [...keys]) : tx.update(collection, [...keys], values));
	}

	async function add(collection: string, keys: string[], values: Row | null): Promise<void> {
		const kind = `${collection} ${values === null ? 'delete' : JSON.stringify(values)}`;
		if (open?.kind === kind) {
			for (const key of keys) open.keys.add(key);
			return;
		}
		await done();
		open = { collection, values, kind, keys: new Set(keys) };
	}

	const { reads, update: _update, remove: _remove, ...others } = tx;
	const joined: ApplyTransaction = {
		...after(done, others),
		reads: after(done, reads),
		update: add,
		remove: (collection, keys) => add(collection, keys, null),
	};
	return { tx: joined, done };
}

/** The same functions, each of which first does something else. */
function after<T extends object>(first: () => Promise<void>, ports: T): T {
	const opened = Object.entries(ports).map(([name, port]: [string, unknown]) => [
		name,
		typeof port === 'function'
			? async (...given: unknown[]) => {
					await first();
					return Reflect.apply(port, ports, given) as unknown;
				}
			: port,
	]);
	return Object.fromEntries(opened) as T;
}
