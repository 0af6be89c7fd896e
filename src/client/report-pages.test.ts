import { expect, test } from 'vitest';
import { reportPages } from './report-pages.js';

interface Sent {
	url: string;
	authorization: string | null;
	pages: { path: string; tags: string[]; read_at: number }[];
}

function directus(keeps: (path: string) => boolean, status = 200) {
	const sent: Sent[] = [];
	return {
		sent,
		fetch: async (url: string, init: RequestInit) => {
			const { pages } = JSON.parse(String(init.body)) as Pick<Sent, 'pages'>;
			sent.push({ url, authorization: new Headers(init.headers).get('authorization'), pages });
			const kept = pages.map(({ path }) => path).filter(keeps);
			return Response.json({ data: { kept } }, { status });
		},
	};
}

const page = { tags: () => ['articles-1', '..'], readAt: () => 13 };

test('pages go in batches, and each is told whether it may be kept', async () => {
	const { fetch, sent } = directus((path) => path !== '/7');
	const { report } = reportPages({ url: 'http://cms.test/', token: 'pages', fetch });
	const answers = await Promise.all(Array.from({ length: 250 }, (_, index) => report(`/${index}`, page)));
	expect(answers.flatMap((isKept, index) => (isKept ? [] : [index]))).toEqual([7]);
	expect(sent.map(({ pages }) => pages.length)).toEqual([1, 100, 100, 49]);
	expect(sent[0]).toMatchObject({
		url: 'http://cms.test/downstream/pages',
		authorization: 'Bearer pages',
		pages: [{ path: '/0', tags: ['articles-1', '..'], read_at: 13 }],
	});
});

test('what cannot be told is not kept', async () => {
	const { report } = reportPages({ url: 'http://cms.test', token: '', fetch: directus(() => true, 503).fetch });
	expect(await report('/a', page)).toBe(false);
	const away = reportPages({ url: 'http://cms.test', token: '', fetch: () => Promise.reject(new Error('refused')) });
	expect(await away.report('/a', page)).toBe(false);
	expect(await away.report('/a', { ...page, tags: () => null })).toBe(false);
});

test('waits for no more than it can hold', async () => {
	let answer: () => void = () => undefined;
	const fetch = () =>
		new Promise<Response>((resolve) => void (answer = () => resolve(Response.json({ data: { kept: [] } }))));
	const { report } = reportPages({ url: 'http://cms.test', token: '', fetch });
	void report('/first', page);
	const rest = Array.from({ length: 1_001 }, (_, index) => report(`/${index}`, page));
	expect(await rest.at(-1)).toBe(false);
	answer();
});
