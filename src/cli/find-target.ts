import { FLUSH_TARGETS } from '../core/vocabulary.js';
import { nearestName } from '../core/near-miss.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Target {
	id: string;
	name: string | null;
	url: string | null;
	status: string;
}

/**
 * The id of the target with this id, name or url.
 *
 * @throws Failure where there is none, or several of that name
 */
export async function findTarget(instance: Connection, named: string): Promise<string> {
	if (UUID.test(named)) return named;
	const path = `/items/${FLUSH_TARGETS}`;
	const targets = await instance.data<Target[]>('GET', path, {
		query: { fields: 'id,name,url,status', limit: -1, sort: 'name' },
	});
	const exact = targets.filter(({ name, url }) => name === named || url === named);
	const found = exact.length > 0 ? exact : targets.filter(({ name }) => name?.toLowerCase() === named.toLowerCase());
	const [only] = found;
	if (only && found.length === 1) return only.id;
	const where = `GET ${instance.url}${path}`;
	if (found.length > 1)
		throw new Failure('AMBIGUOUS', `${found.length} targets are called "${named}".`, {
			where,
			advice: 'Give the id of one.',
			details: found.map(({ id, status, url }) => ({ place: id, message: `${status}, ${url ?? 'without a url'}` })),
		});
	const names = targets.map(({ name }) => name ?? '').filter((name) => name !== '');
	const near = nearestName(named, names);
	const known = names.length === 0 ? 'There are no targets yet.' : `There are: ${names.join(', ')}.`;
	throw new Failure('NO_SUCH_TARGET', `There is no target "${named}".`, {
		where,
		advice: near ? `Did you mean "${near}"?` : known,
	});
}
