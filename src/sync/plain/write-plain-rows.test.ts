import { describe, expect, it } from 'vitest';
import { plainRequests } from './plain-items.js';
import type { PlainRow } from './plain-values.js';
import { judgeStatus } from '../../delivery/core/verdict.js';
import type { PlainAsk } from './ask-plain.js';
import { writePlainRows } from './write-plain-rows.js';

type Row = Record<string, unknown>;

const requests = plainRequests('http://b', { authorization: 'Bearer t' });
const model = { collection: 'pages', primary: 'id', singleton: false };
const row = (key: string, slug = key): PlainRow => ({ key, values: { id: key, slug }, leftOut: [] });
const gone = (key: string): PlainRow => ({ key, values: null, leftOut: [] });

/**
 * A Directus' items API, as much as is needed: `slug` is unique.
 * @param reads what of its items the token's user may read
 */
function directus(
	stored: Row[],
	answer: (line: string, url: string) => number | string | null = () => null,
	reads: { access: 'full' | 'partial'; hidden?: string[] } = { access: 'full' },
) {
	const rows = new Map(stored.map((row) => [String(row['id']), row]));
	const lines: string[] = [];
	const ask: PlainAsk = async ({ method, url, body }) => {
		const given = JSON.parse(body ?? 'null') as Row[] & { keys: string[] };
		const line = `${method} ${method === 'GET' ? 'ids' : method === 'DELETE' ? given.keys.length : given.length}`;
		if (url === 'http://b/permissions/me') {
			const response = { status: 200, headers: {}, body: JSON.stringify({ data: { pages: { read: reads } } }) };
			return { verdict: judgeStatus(response, 0), response };
		}
		lines.push(line);
		const said = answer(line, url);
		if (typeof said === 'string') {
			const response = { status: 200, headers: {}, body: said };
			return { verdict: judgeStatus(response, 0), response };
		}
		const status = said ?? respond();
		const code = status === 403 ? 'FORBIDDEN' : 'RECORD_NOT_UNIQUE';
		const errors = [{ extensions: { code, field: reason } }];
		const shown = [...rows.values()].filter(({ id }) => !reads.hidden?.includes(String(id)));
		const data = method === 'GET' ? shown.map(({ id }) => ({ id })) : [];
		const response = { status, headers: {}, body: JSON.stringify(status < 300 ? { data } : { errors }) };
		expect(url).toMatch(/^http:\/\/b\/items\/pages/);
		return { verdict: judgeStatus(response, 0), response };

		function respond(): number {
			if (method === 'GET') return 200;
			if (method === 'DELETE') {
				if (given.keys.some((key) => !rows.has(key))) return 403;
				for (const key of given.keys) rows.delete(key);
				return 204;
			}
			if (method === 'PATCH' && given.some(({ id }) => !rows.has(String(id)))) return 403;
			for (const row of given) {
				const others = [...rows.values()].filter(({ id }) => id !== row['id']);
				const isTaken = others.some(({ slug }) => slug === row['slug']);
				if (method === 'POST' && rows.has(String(row['id']))) return ((reason = 'id'), 400);
				if (isTaken) return ((reason = 'slug'), 400);
			}
			for (const row of given) rows.set(String(row['id']), row);
			return 200;
		}
	};
	let reason = '';
	return { rows, lines, write: (some: PlainRow[]) => writePlainRows(some, model, { requests, ask, url: 'http://b' }) };
}

const kinds = (made: Awaited<ReturnType<typeof writePlainRows>>) =>
	Object.fromEntries([...made.rows].map(([{ key }, { kind }]) => [key, kind]));

describe('rows for an instance without the extension', () => {
	it('are created and updated in one request each', async () => {
		const { rows, lines, write } = directus([{ id: 'a', slug: 'old' }]);
		expect(kinds(await write([row('a'), row('b'), row('c')]))).toEqual({
			a: 'delivered',
			b: 'delivered',
			c: 'delivered',
		});
		expect(lines).toEqual(['GET ids', 'POST 2', 'PATCH 1']);
		expect(rows.get('a')).toEqual({ id: 'a', slug: 'a' });
	});

	it('all arrive but the bad one, which is found by halving', async () => {
		const { rows, lines, write } = directus([{ id: 'z', slug: 'taken' }]);
		const some = Array.from({ length: 16 }, (_, n) => row(`k${n}`, n === 9 ? 'taken' : `k${n}`));
		const made = kinds(await write(some));
		expect(Object.entries(made).filter(([, kind]) => kind !== 'delivered')).toEqual([['k9', 'failed']]);
		expect(rows.size).toBe(16);
		expect(lines.length).toBeLessThanOrEqual(10);
	});

	it('are written when nothing may be read, whether or not they exist', async () => {
		const { rows, write } = directus([{ id: 'a', slug: 'old' }], (line) => (line === 'GET ids' ? 403 : null));
		expect(kinds(await write([row('a'), row('b')]))).toEqual({ a: 'delivered', b: 'delivered' });
		expect(rows.get('a')).toEqual({ id: 'a', slug: 'a' });
	});

	it('deleted at the remote already count as delivered', async () => {
		const { rows, write } = directus([{ id: 'a' }, { id: 'b' }]);
		expect(kinds(await write([gone('a'), gone('missing'), gone('b')]))).toEqual({
			a: 'delivered',
			missing: 'delivered',
			b: 'delivered',
		});
		expect(rows.size).toBe(0);
	});

	it('hidden by permissions are not taken for deleted', async () => {
		const { rows, write } = directus([{ id: 'a' }, { id: 'b' }], (line) => (line.startsWith('DELETE') ? 403 : null), {
			access: 'partial',
			hidden: ['a', 'b'],
		});
		expect(kinds(await write([gone('a'), gone('b')]))).toEqual({ a: 'failed', b: 'failed' });
		expect(rows.size).toBe(2);
	});

	it('are asked for in shorter URLs when a proxy refuses a long one', async () => {
		const stored = ['a', 'c'].map((id) => ({ id, slug: 'old' }));
		const keys = ['a', 'b', 'c', 'd'];
		const { rows, lines, write } = directus(stored, (line, url) =>
			line === 'GET ids' && keys.every((key) => decodeURIComponent(url).includes(`"${key}"`)) ? 431 : null,
		);
		expect(Object.values(kinds(await write(keys.map((key) => row(key)))))).toEqual(keys.map(() => 'delivered'));
		expect(lines).toEqual(['GET ids', 'GET ids', 'GET ids', 'POST 2', 'PATCH 2']);
		expect([...rows.values()].map(({ slug }) => slug)).toEqual(['a', 'c', 'b', 'd']);
	});

	it.each(['{"data":[{"id":"a"},{"i', '<html>', '{"data":null}'])(
		'are retried, and nothing is written, when the answer is cut or not from Directus: %s',
		async (said) => {
			const { rows, lines, write } = directus([{ id: 'a', slug: 'old' }], (line) => (line === 'GET ids' ? said : null));
			const made = await write([row('a'), row('b')]);
			expect(kinds(made)).toEqual({ a: 'retry', b: 'retry' });
			expect(made.halt).toMatchObject({ code: 'ANSWER_UNREADABLE' });
			expect(lines).toEqual(['GET ids']);
			expect([...rows.values()]).toEqual([{ id: 'a', slug: 'old' }]);
		},
	);

	it('are retried when nobody answers, without one request per row', async () => {
		const { lines, write } = directus([], (line) => (line.startsWith('POST') ? 503 : null));
		const made = await write([row('a'), row('b')]);
		expect(kinds(made)).toEqual({ a: 'retry', b: 'retry' });
		expect(made.halt).toMatchObject({ code: 'HTTP_503' });
		expect(lines).toEqual(['GET ids', 'POST 2']);
	});

	it('pause the link when the token is unknown', async () => {
		const { write } = directus([], () => 401);
		expect(await write([row('a')])).toMatchObject({ pause: expect.stringMatching(/token/) as string });
	});

	it('that may not be created are refused at once', async () => {
		const { lines, write } = directus([], (line) => (line.startsWith('POST') ? 403 : null));
		expect(kinds(await write([row('a'), row('b'), row('c')]))).toEqual({ a: 'failed', b: 'failed', c: 'failed' });
		expect(lines).toEqual(['GET ids', 'POST 3']);
	});
});
