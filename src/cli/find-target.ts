import { FLUSH_TARGETS, REMOTE_SOURCES } from '../contract/vocabulary.js';
import { nearestName } from '../kernel/core/near-miss.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Target {
	id: string;
	name: string | null;
	url: string | null;
	status: string;
}

/** Where targets of a kind are, and what people call one. */
const KINDS = {
	flush: { collection: FLUSH_TARGETS, called: 'target' },
	sync: { collection: REMOTE_SOURCES, called: 'remote source' },
} as const;

/**
 * The id of the target with this id, name or url.
 *
 * @param kinds among which it is looked for
 * @throws Failure where there is none, or several of that name
 */
export async function findTarget(
	instance: Connection,
	named: string,
	kinds: readonly (keyof typeof KINDS)[] = ['flush'],
): Promise<string> {
	if (UUID.test(named)) return named;
	const called = kinds.length === 1 && kinds[0] ? KINDS[kinds[0]].called : 'target';
	const paths = kinds.map((kind) => `/items/${KINDS[kind].collection}`);
	const targets: Target[] = [];
	for (const path of paths)
		targets.push(
			...(await instance.data<Target[]>('GET', path, {
				query: { fields: 'id,name,url,status', limit: -1, sort: 'name' },
			})),
		);
	const exact = targets.filter(({ name, url }) => name === named || url === named);
	const matching = exact.length > 0 ? exact : targets.filter(({ name }) => name?.toLowerCase() === named.toLowerCase());
	const [only] = matching;
	if (only && matching.length === 1) return only.id;
	const where = paths.map((path) => `GET ${instance.url}${path}`).join(', ');
	if (matching.length > 1)
		throw new Failure('AMBIGUOUS', `${matching.length} ${called}s are called "${named}".`, {
			where,
			advice: 'Give the id of one.',
			details: matching.map(({ id, status, url }) => ({ place: id, message: `${status}, ${url ?? 'without a url'}` })),
		});
	const names = targets.map(({ name }) => name ?? '').filter((name) => name !== '');
	const near = nearestName(named, names);
	const known = names.length === 0 ? `There are no ${called}s yet.` : `There are: ${names.join(', ')}.`;
	throw new Failure('NO_SUCH_TARGET', `There is no ${called} "${named}".`, {
		where,
		advice: near ? `Did you mean "${near}"?` : known,
	});
}
