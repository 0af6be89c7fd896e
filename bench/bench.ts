import type { DatabaseKind } from '../test/kit/database-servers.js';
import type { DirectusVersion } from '../test/kit/playground.js';
import type { Contestant, ContestantName, Contestants } from './contestants.js';
import { COLLECTION } from './contestants.js';
import type { Report } from './report.js';
import type { Load, PlannedRequest, Sink } from './workers.js';

/** What every scenario is given. */
export interface Bench {
	database: DatabaseKind;
	contestants: Contestants;
	sink: Sink;
	load: Load;
	report: Report;
	quick: boolean;
	/** How long the scenario `mutation-cost` may measure one kind of save, at most. */
	seconds: number;
	/** The folder of another build of this package to compare with, or null. */
	against: string | null;
	/** Requests to one contestant before the next one's turn in the scenario `mutation-cost`; null: its own number. */
	inARow: number | null;
	/** Who takes part in the scenario `mutation-cost`; null: all. */
	only: ContestantName[] | null;
	/** Rows of history for the scenario `scale`. */
	rows: number;
	/** Items that one request of the scenario `bulk` writes. */
	items: number;
	/** Of the kinds of writes of the scenario `bulk`, those that take part; null: all. */
	kinds: string[] | null;
	/** Directus versions for the scenario `config`; all others run on 12. */
	directus: DirectusVersion[];
	/** Who is beside us in the scenario `config`. */
	peers: string[];
	/** Further settings of every Directus that is started. */
	env: Record<string, string>;
}

let serial = 0;

/** Requests that each create one item. */
export const creates = (count: number): PlannedRequest[] =>
	Array.from({ length: count }, () => ({ method: 'POST', path: `/items/${COLLECTION}`, body: freshValues() }));

/** Requests that each change one item, going round these keys. */
export const updates = (count: number, keys: (string | number)[]): PlannedRequest[] =>
	Array.from({ length: count }, (_, index) => ({
		method: 'PATCH',
		path: `/items/${COLLECTION}/${keys[index % keys.length]}`,
		body: freshValues(),
	}));

/** Values that no item has yet. */
export function freshValues(): { title: string; slug: string } {
	serial += 1;
	return { title: `Title ${serial}`, slug: `slug-${serial}` };
}

/** Makes items past the measuring, and gives their keys. */
export async function makeItems({ directus }: Contestant, count: number): Promise<(string | number)[]> {
	const items = await directus.data<{ id: number }[]>(
		'POST',
		`/items/${COLLECTION}?fields=id&limit=-1`,
		Array.from({ length: count }, freshValues),
	);
	return items.map(({ id }) => id);
}

/** Where and as whom the load generator asks. */
export const asAdmin = ({ directus }: Contestant) => ({ base: directus.url, token: directus.token });
