/** The second Directus, which is kept equal to the first, and the first to it. */
import { until } from '../test/kit/wait.js';
import type { Project } from './project.js';
import type { Studio } from './studio.js';

/** What both desks share. Whoever edits a biography there and here at once is asked; elsewhere the newest edit counts. */
const RULES = [
	{
		collection: 'articles',
		fields: ['status', 'published_at', 'slug', 'author', 'cover', 'tags', 'translations'],
		direction: 'both',
	},
	{ collection: 'authors', fields: ['name', 'bio'], direction: 'both', conflict: 'manual' },
	{ collection: 'tags', fields: ['name', 'slug'], direction: 'both', match: ['slug'] },
];

/** What the other side's user may write; Downstream gives it nothing by itself. */
const PERMITTED = [
	'articles',
	'articles_tags',
	'articles_translations',
	'authors',
	'tags',
	'directus_files',
	'directus_folders',
];

export interface Side {
	project: Project;
	studio: Studio;
}

/** The remote sources by which both know each other: the one on the first, and the one on the second. */
export interface Links {
	there: string;
	back: string;
}

/** Numbers that the first does not have, so that everybody can see that they need not be the same. */
export async function useOwnNumbers(studio: Studio): Promise<void> {
	for (const collection of ['authors', 'tags', 'articles']) {
		await studio.write('POST', `/items/${collection}`, { id: 1_000 });
		await studio.write('DELETE', `/items/${collection}/1000`);
	}
}

/** Sets up both sides as a person would: a token and permissions for the other's user, and a remote source. */
export async function linkBoth(first: Side, second: Side): Promise<Links> {
	const tokens = { first: await letIn(first.studio, 'first'), second: await letIn(second.studio, 'second') };
	return {
		there: await publish(first.studio, { name: 'Second desk', url: second.project.url, api_key: tokens.second }),
		back: await publish(second.studio, { name: 'First desk', url: first.project.url, api_key: tokens.first }),
	};
}

async function letIn(studio: Studio, name: string): Promise<string> {
	const token = `data-sync-of-the-${name}-desk`;
	const named = (path: string, filter: object) => studio.read<Array<{ id: string }>>(path, { filter, fields: ['id'] });
	const [policy] = await named('/policies', { name: { _eq: 'Data Sync' } });
	const [user] = await named('/users', { first_name: { _eq: 'Data Sync' } });
	if (!policy || !user) throw new Error('Downstream has not made its policy and its user "Data Sync".');
	await studio.write('PATCH', `/users/${user.id}`, { token });
	const known = await named('/permissions', { policy: { _eq: policy.id } });
	if (known.length > 0) return token;
	const permissions = PERMITTED.flatMap((collection) =>
		['create', 'read', 'update', 'delete'].map((action) => ({ policy: policy.id, collection, action, fields: ['*'] })),
	);
	await studio.write('POST', '/permissions', permissions);
	return token;
}

async function publish(studio: Studio, source: { name: string; url: string; api_key: string }): Promise<string> {
	const path = '/items/data_sync_remote_sources';
	const values = { ...source, status: 'published', schema: RULES, options: { max_wait_ms: 20 } };
	const filter = { name: { _eq: source.name } };
	const [known] = await studio.read<Array<{ id: string }>>(path, { filter, fields: ['id'] });
	const { id } = known
		? await studio.write<{ id: string }>('PATCH', `${path}/${known.id}`, values)
		: await studio.write<{ id: string }>('POST', path, values);
	await studio.write('POST', `/downstream/targets/${id}/resume`);
	await until(async () => (await studio.status()).targets.some((target) => target.id === id), {
		message: `"${source.name}" to be in force`,
	});
	return id;
}
