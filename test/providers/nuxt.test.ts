import { expect, test } from 'vitest';
import { change, deliver, delivered, run, target } from './deliver.js';
import * as site from './site-route.js';

test.each(['nuxt', 'astro', 'sveltekit'] as const)(
	'%s: the route gets tags and paths, signed, also for a rule that names neither',
	async (name) => {
		const route = await run(site.start());
		const changes = [change('1', { tags: ['a', 'a', ''], paths: ['/a'] }), change('2')];
		expect(await deliver(name, changes, target(name, {}, { url: route.url }))).toEqual(delivered(1));
		expect(route.purged).toEqual(['a', '/a', 'articles', 'articles-2']);
	},
);
