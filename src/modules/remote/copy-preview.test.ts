import { expect, it } from 'vitest';
import type { LinkedCopy } from '../../contract/answers/releases.js';
import { compareCopy } from './copy-preview.js';

const found = (...names: string[]): LinkedCopy => ({
	source: null,
	equal: true,
	collections: names.map((collection) => ({ collection }) as LinkedCopy['collections'][number]),
});
const refused = (code: string) => ({
	response: { status: 400, data: { errors: [{ extensions: { code } }] } },
});

it('a copy is compared collection by collection, each once, and how far it has come is told', async () => {
	const steps: string[] = [];
	const all = await compareCopy(
		['posts', 'posts_tags', 'secrets', 'tags'],
		async (name) => {
			if (name === 'secrets') throw refused('NO_RULES');
			return name === 'posts' ? found('posts', 'posts_tags') : found(name);
		},
		(name, done, known) => steps.push(`${name} ${done} ${known.map(({ collection }) => collection).join()}`),
	);
	expect(all.map(({ collection }) => collection)).toEqual(['posts', 'posts_tags', 'tags']);
	expect(steps).toEqual(['posts 0 ', 'secrets 2 posts,posts_tags', 'tags 3 posts,posts_tags']);
});

it('an original that cannot be asked ends the comparison', async () => {
	const asked = compareCopy(
		['a', 'b'],
		() => Promise.reject(refused('UNREACHABLE')),
		() => {},
	);
	await expect(asked).rejects.toEqual(refused('UNREACHABLE'));
});
