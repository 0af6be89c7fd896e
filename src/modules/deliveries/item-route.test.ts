import { expect, it } from 'vitest';
import { itemRoute } from './item-route.js';

it.each([
	['posts', '1', 'update', '/content/posts/1'],
	['posts', 'a/b?c', 'create', '/content/posts/a%2Fb%3Fc'],
	['posts', '*', 'update', '/content/posts'],
	['posts', '\\*', 'update', '/content/posts/*'],
	['directus_users', 'u', 'update', '/users/u'],
	['directus_files', 'f', 'create', '/files/f'],
	['directus_settings', '1', 'update', null],
	['posts', '1', 'delete', null],
	['', '', 'test', null],
])('%s %s (%s) is at %s', (collection, item, event, route) => {
	expect(itemRoute({ collection, item, event })).toBe(route);
});
