import type { DatabaseKind } from '../kit/database-servers.js';
import { RequestError, type Directus } from '../kit/directus.js';

/** What a step has at hand. */
export interface Hands {
	directus: Directus;
	database: DatabaseKind;
	nodes: string[];
	/** One of so many; from the run's seed. */
	pick(count: number): number;
	random(): number;
	/** A value that was never written before. */
	value: () => string;
}

/** One way to write; gives what it did, for who looks at a failure. A refusal by Directus is fine: nothing was written then. */
export type Door = (hands: Hands) => Promise<unknown>;

export async function send({ directus }: Hands, method: string, path: string, body?: unknown): Promise<unknown> {
	const answer = await directus.request(method, path, body).catch((error: unknown) => {
		if (error instanceof RequestError) return { refused: error.status };
		throw error;
	});
	return {
		method,
		path,
		body,
		...(answer !== null && typeof answer === 'object' && 'refused' in answer ? answer : {}),
	};
}

/** Some keys of a table, as numbers and as texts. */
export async function some(
	{ directus, pick }: Hands,
	table: string,
	most = 3,
	key = 'id',
): Promise<(number | string)[]> {
	const all = (await directus.sql(table).orderBy(key, 'desc').limit(20).pluck(key)) as (number | string)[];
	const found = new Set<number | string>();
	for (let index = 0; index < most && all.length > 0; index += 1) found.add(all[pick(all.length)] ?? 0);
	return [...found];
}

export const PLAIN = ['posts', 'actonly', 'notrack', 'n0', 'n3'];
export const plainOf = ({ pick }: Hands) => PLAIN[pick(PLAIN.length)] ?? 'posts';
export const fieldOf = (table: string) =>
	['actonly', 'notrack', 'authors'].includes(table) ? 'name' : table === 'comments' ? 'text' : 'title';
export const row = (hands: Hands, table: string) => ({ [fieldOf(table)]: hands.value() });
export const nodeOf = ({ pick, nodes }: Hands) => nodes[pick(nodes.length)] ?? 'n0';
export const yes = ({ random }: Hands) => random() < 0.5;

export async function importFile(hands: Hands, table: string, type: string, text: string): Promise<unknown> {
	const form = new FormData();
	form.append('file', new Blob([text], { type }), `a.${type.includes('csv') ? 'csv' : 'json'}`);
	const answer = await fetch(`${hands.directus.url}/utils/import/${table}`, {
		method: 'POST',
		body: form,
		headers: { authorization: `Bearer ${hands.directus.token}` },
	});
	return { table, status: answer.status };
}

export async function upload(hands: Hands, method: 'POST' | 'PATCH', id = ''): Promise<unknown> {
	const form = new FormData();
	form.append('title', hands.value());
	form.append('file', new Blob([hands.value()], { type: 'text/plain' }), 'a.txt');
	const answer = await fetch(`${hands.directus.url}/files${id ? `/${id}` : ''}`, {
		method,
		body: form,
		headers: { authorization: `Bearer ${hands.directus.token}` },
	});
	return { method, id, status: answer.status };
}

/** The key of one item that is there: Directus notes updates and deletions of items that are not. */
export async function one(hands: Hands, table: string): Promise<number | string> {
	const [found] = await some(hands, table, 1);
	if (found !== undefined) return found;
	const { id } = await hands.directus.data<{ id: number }>('POST', `/items/${table}`, row(hands, table));
	return id;
}

/** The key of a file that is there. */
export async function file(hands: Hands): Promise<string> {
	const [found] = await some(hands, 'directus_files', 1);
	if (found !== undefined) return String(found);
	await upload(hands, 'POST');
	return file(hands);
}
