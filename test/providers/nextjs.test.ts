import { expect, test } from 'vitest';
import { change, deliver, delivered, many, numbered, run, target } from './deliver.js';
import * as nextjs from './nextjs.js';

test('Next.js gets every tag once, 128 to a request, and the paths', async () => {
	const site = await run(nextjs.start());
	const long = 'l'.repeat(300);
	// Next.js counts characters: this one is within its limit, and the page carries it as it is.
	const cyrillic = 'ж'.repeat(200);
	const changes = [
		...many(200),
		change('x', { tags: numbered(300), paths: ['/x'] }),
		change('y', { tags: ['Case:Matters', cyrillic, long] }),
	];
	const verdicts = await deliver(
		'nextjs',
		changes,
		target('nextjs', {}, { url: site.url, options: { batch_size: 1000 } }),
	);
	// 127 changes with the tag they share, the other 73, three requests for the one with 300 tags, the last.
	expect(verdicts).toEqual(delivered(6));
	expect(site.purged.filter((tag) => tag.startsWith('lll')).map((tag) => tag.length)).toEqual([256]);
	expect(site.purged).toEqual(
		expect.arrayContaining(['articles', 'article-199-0', 'tag-299', '/x', 'Case:Matters', cyrillic]),
	);
	expect(site.purged.filter((entry) => entry === '/x' || entry === 'tag-7')).toEqual(['tag-7', '/x']);
});
