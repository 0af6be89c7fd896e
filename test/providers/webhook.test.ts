import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import { checkTarget } from '../../src/flush/core/validate-target.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import type { StoredAttempt } from '../../src/delivery/stored.js';
import { change, deliver, delivered, target } from './deliver.js';

const KEY = 'T000/B000/XXXXsecretXXXX';
const receivers: Receiver[] = [];
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));
async function listen(): Promise<Receiver> {
	const receiver = await startReceiver();
	receivers.push(receiver);
	return receiver;
}

const { requests } = adapters.webhook;
const titled = (title: unknown, item = '1') => change(item, { fields: { id: item, title } });

test('without options it is the request of before: one POST of a JSON array', async () => {
	const receiver = await listen();
	const to = target('webhook', {}, { url: receiver.url, apiKey: KEY });
	expect(await deliver('webhook', [titled('a'), titled('b', '2')], to)).toEqual(delivered(1));
	const [request] = receiver.requests;
	expect(request).toMatchObject({ method: 'POST', path: '/', headers: { authorization: `Bearer ${KEY}` } });
	expect(request?.headers['content-type']).toBe('application/json');
	expect(request?.json).toMatchObject([{ fields: { title: 'a' } }, { fields: { title: 'b' } }]);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'])('sends by %s, with a query', async (method) => {
	const receiver = await listen();
	const options = {
		method,
		query: { slug: '{{ change.fields.title }}', empty: '{{ change.fields.none }}', plain: 'a&b' },
	};
	const to = target('webhook', options, { url: `${receiver.url}/hook?x=1#there`, authHeader: 'no-auth' });
	expect(await deliver('webhook', [titled('c#sharp & co'), titled('ü/?', '2')], to)).toEqual(delivered(2));
	expect(receiver.requests.map((request) => [request.method, request.path])).toEqual([
		[method, '/hook?x=1&slug=c%23sharp%20%26%20co&plain=a%26b'],
		[method, '/hook?x=1&slug=%C3%BC%2F%3F&plain=a%26b'],
	]);
	expect(receiver.requests.every(({ body }) => (body === '') === ['GET', 'DELETE'].includes(method))).toBe(true);
});

test('a secret goes into the address, the query and headers, into no other header, and is shown nowhere', async () => {
	const receiver = await listen();
	const options = { query: { token: '{{ secret }}', both: '{{change.item}}-{{secret}}' } };
	const to = target('webhook', options, { url: `${receiver.url}/services/{{secret}}`, apiKey: KEY });
	to.options['headers' as never] = { 'X-Token': 'Token {{secret}}', 'X-Plain': 'yes' } as never;
	const kept: StoredAttempt[] = [];
	expect(await deliver('webhook', [titled('a')], to, kept)).toEqual(delivered(1));
	const [request] = receiver.requests;
	expect(request?.path).toBe(`/services/${KEY}?token=${encodeURIComponent(KEY)}&both=-${encodeURIComponent(KEY)}`);
	expect(request?.headers).toMatchObject({ 'x-token': `Token ${KEY}` });
	expect(request?.headers['authorization']).toBeUndefined();
	expect(JSON.stringify(kept)).not.toMatch(/XXXX|T000/);
	expect(kept[0]?.request.url).toMatch(/\/services\/\*+\?token=\*+/);
});

test('a key with other characters is encoded in the address, and masked there', async () => {
	const receiver = await listen();
	const to = target('webhook', {}, { url: `${receiver.url}/{{secret}}`, apiKey: 'a b?{{change.event}}#x' });
	const kept: StoredAttempt[] = [];
	await deliver('webhook', [titled('a')], to, kept);
	expect(receiver.requests[0]?.path).toBe('/a%20b%3F%7B%7Bchange.event%7D%7D%23x');
	expect(JSON.stringify(kept)).not.toContain('%7B%7B');
});

test('whatever an item holds, a body in JSON stays what the template says', () => {
	const body =
		'{"text": "{{ change.fields.title }}", "value": {{ change.fields.title | json }}, "all": [{% for one in changes %}{{ one.fields | json }}{% unless forloop.last %},{% endunless %}{% endfor %}]}';
	const to = target('webhook', { body });
	fc.assert(
		fc.property(
			fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('","admin":true,"x":"', '{{ change }}', '\\')),
			(title) => {
				const [request] = requests([titled(title)], to);
				expect(request?.problem).toBeUndefined();
				expect(JSON.parse(request?.body ?? '')).toEqual({ text: title, value: title, all: [{ id: '1', title }] });
			},
		),
	);
	for (const [value, text] of [
		[null, ''],
		[undefined, ''],
		[5, '5'],
		[true, 'true'],
		[{ a: ['"'] }, '{"a":["\\""]}'],
	])
		expect(JSON.parse(requests([titled(value)], to)[0]?.body ?? '')).toMatchObject({ text, value: value ?? null });
});

test('values are escaped for a form and for XML, and left alone in text', () => {
	const of = (body: string, content_type: string) =>
		requests([titled('a&b <c> "d"')], target('webhook', { body, content_type }))[0]?.body;
	expect(of('t={{ change.fields.title }}', 'application/x-www-form-urlencoded')).toBe('t=a%26b%20%3Cc%3E%20%22d%22');
	expect(of('<t>{{ change.fields.title }}</t>', 'application/xml; charset=utf-8')).toBe(
		'<t>a&#38;b &#60;c&#62; &#34;d&#34;</t>',
	);
	expect(of('{{ change.fields.title }}', 'text/plain')).toBe('a&b <c> "d"');
});

test('what gives no JSON, takes too long, or needs a key that is not there, says so and is not sent', () => {
	const problemOf = (options: Record<string, unknown>, over: object = {}) =>
		requests([titled('a')], target('webhook', options, over))[0]?.problem;
	expect(problemOf({ body: '{"a": {{ change.fields.none }} x}' })).toMatch(/gives no JSON .*\| json/);
	const began = performance.now();
	expect(problemOf({ body: '{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}' })).toMatch(
		/limit exceeded/,
	);
	expect(performance.now() - began).toBeLessThan(5_000);
	expect(problemOf({}, { url: 'https://example.com/{{secret}}' })).toContain('no API key');
	expect(problemOf({ body: '{"a": 1}' })).toBeUndefined();
});

test.each([
	[{ body: '{{ change.fields.title | nofilter }}' }, '/options/body', /nofilter/],
	[{ body: '{% render "/etc/passwd" %}' }, '/options/body', /cannot be read/],
	[{ body: '{% include "x" %}' }, '/options/body', /cannot be read/],
	[{ body: '{{ chnage.fields.title }}' }, '/options/body', /there is no "chnage"/],
	[{ body: '{{ secret | upcase }}' }, '/options/body', /in the URL, in query values and in headers only/],
	[{ query: { a: '{{ change.fields' } }, '/options/query/a', /cannot be read/],
	[{ method: 'GET', body: '{}' }, '/options/body', /no body/],
	[{ method: 'TRACE' }, '/options/method', /POST/],
	[{ content_type: 'json' }, '/options/content_type', /media type/],
	[{ query: { token: '{{secret}}' } }, '/api_key', /needs an API key/],
])('refuses to publish %j', (options, path, message) => {
	const row = { url: 'https://example.com/hook', adapter: 'webhook', options, schema: [], api_key: null };
	const issues = checkTarget(row, { collections: {}, relations: [] });
	expect(issues).toContainEqual(expect.objectContaining({ path, message: expect.stringMatching(message) }));
});

test.each([
	['https://{{change.fields.host}}/x', null, /the host of a URL is not filled in/],
	['https://{{secret}}.example.com/x', 'key', /the host of a URL is not filled in/],
	['https://example.com/{{ nothing }}', null, /there is no "nothing"/],
])('refuses the URL %s', (url, api_key, message) => {
	const issues = checkTarget(
		{ url, adapter: 'webhook', options: {}, schema: [], api_key },
		{ collections: {}, relations: [] },
	);
	expect(issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n')).toMatch(message);
});
