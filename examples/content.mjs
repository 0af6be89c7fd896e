/**
 * What the sites of this folder show: the collections `articles` and `authors` with some of each, and a user who may read
 * them. Prints the settings that a site needs.
 *
 *     DIRECTUS_URL=http://localhost:8055 ADMIN_EMAIL=… ADMIN_PASSWORD=… node content.mjs > nextjs/.env
 */
import { randomBytes, randomUUID } from 'node:crypto';

const { DIRECTUS_URL = 'http://localhost:8055', ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
let token;

async function ask(method, path, body) {
	const response = await fetch(`${DIRECTUS_URL}${path}`, {
		method,
		headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
		body: body && JSON.stringify(body),
	});
	const answer = response.status === 204 ? {} : await response.json();
	if (!response.ok) {
		console.error(`${method} ${path}: ${answer.errors?.[0]?.message ?? response.status}`);
		process.exit(1);
	}
	return answer.data;
}

const key = {
	field: 'id',
	type: 'integer',
	schema: { is_primary_key: true, has_auto_increment: true },
	meta: { hidden: true },
};
const text = (field) => ({ field, type: 'string', schema: {}, meta: { interface: 'input' } });
const collection = (name, icon, template, fields) =>
	ask('POST', '/collections', {
		collection: name,
		schema: {},
		meta: { icon, display_template: template },
		fields: [key, ...fields],
	});

token = (await ask('POST', '/auth/login', { email, password })).access_token;
await collection('authors', 'person', '{{name}}', [text('name')]);
await collection('articles', 'article', '{{title}}', [
	text('title'),
	{ field: 'author', type: 'integer', schema: {}, meta: { interface: 'select-dropdown-m2o', special: ['m2o'] } },
]);
await ask('POST', '/relations', { collection: 'articles', field: 'author', related_collection: 'authors' });
await ask('POST', '/items/articles', [
	{ title: 'Ants', author: { name: 'Ann' } },
	{ title: 'Bees', author: { name: 'Ben' } },
	{ title: 'Cats', author: { name: 'Cid' } },
]);

const siteToken = randomUUID();
const reads = ['articles', 'authors'].map((name) => ({ collection: name, action: 'read', fields: ['*'] }));
await ask('POST', '/policies', {
	name: 'Site',
	icon: 'public',
	permissions: { create: reads, update: [], delete: [] },
	users: { create: [{ user: { first_name: 'Site', token: siteToken } }], update: [], delete: [] },
});

console.log(`DIRECTUS_URL=${DIRECTUS_URL}
DIRECTUS_TOKEN=${siteToken}
DOWNSTREAM_SIGNING_SECRET=whsec_${randomBytes(32).toString('base64')}`);
