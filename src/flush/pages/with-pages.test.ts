import { expect, test } from 'vitest';
import { withReportedPages } from './with-pages.js';

test('what was purged by tags is looked at where front ends have reported it; what has paths stays as it is', async () => {
	const asked: string[][] = [];
	const pathsOf = async (tags: readonly string[]) => {
		asked.push([...tags]);
		return new Map([
			['posts-1', ['/one', '/']],
			['posts.', ['/']],
		]);
	};
	const change = (tags: string[], paths: string[] = []) => ({ change: { tags, paths } });
	const told = [change(['posts-1', 'posts.', 'posts..']), change(['posts-2'], ['/two'])];
	expect((await withReportedPages(told, pathsOf)).map(({ change: { paths } }) => paths)).toEqual([
		['/one', '/'],
		['/two'],
	]);
	expect(asked).toEqual([['posts-1', 'posts.', 'posts..']]);
	expect(told[0]?.change.paths).toEqual([]);
});
