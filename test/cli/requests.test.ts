import { describe, expect, test } from 'vitest';
import { freePort } from '../kit/free-port.js';
import { at, plan, refusal, startInstance, TOKEN } from './instance.js';
import { folderWith, run } from './run.js';

const dump = { 'directus-config/collections/roles.json': [] };
const DIFF = 'POST /downstream/config/diff';
const diff = ['diff', '-o', 'roles', '--no-snapshot'];
const status = {
	version: '0.0.1',
	engine: 'embedded',
	engine_reason: 'Directus has no Redis.',
	enabled: true,
	nodes: 1,
	outbox: { pending: 0, lag_ms: 0, error: null },
};

describe('an instance', () => {
	test('that is not named is asked for', async () => {
		const done = await run(diff, folderWith(dump));
		expect(done).toMatchObject({
			code: 1,
			err: expect.stringMatching(/which Directus[^]*--directus-url or DIRECTUS_URL/),
		});
	});

	test('whose address makes no sense, or holds a password, is refused', async () => {
		expect((await run([...diff, '-u', 'localhost:8055', '-t', 'x'], folderWith(dump))).err).toMatch(/http:\/\//);
		const done = await run([...diff, '-u', 'http://me:hunter22@host', '-t', 'x'], folderWith(dump));
		expect(done).toMatchObject({ code: 1, err: expect.not.stringContaining('hunter22') });
	});

	test.each([
		[503, {}, '<html>Service Unavailable</html>', /stopped waiting for Directus \(status 503\)/],
		[413, {}, '<html>Request Entity Too Large</html>', /does not accept a request this large[^]*MAX_PAYLOAD_SIZE/],
		[
			301,
			{ location: 'https://cms.example.com/downstream/config/diff' },
			'',
			/sends requests on to https:\/\/cms.example.com/,
		],
	])('behind a proxy that answers %s itself is told so', async (code, headers, body, expected) => {
		const { createServer } = await import('node:http');
		const asked: string[] = [];
		const server = createServer((request, response) => {
			asked.push(`${request.method} ${request.url}`);
			response.writeHead(code, { 'content-type': 'text/html', ...headers }).end(body);
		}).listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const { port } = server.address() as { port: number };
		// As it is copied out of the browser.
		const done = await run([...diff, '-u', `http://127.0.0.1:${port}/admin/content`, '-t', 'x'], folderWith(dump));
		server.close();
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(expected) });
		expect(new Set(asked)).toEqual(new Set(['POST /downstream/config/diff']));
	});

	test('that nobody listens at is told so, in one line and what to do', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const done = await run([...diff, '-u', url, '-t', 'secret-token'], folderWith(dump));
		expect(done.code).toBe(1);
		expect(done.err).toContain(`Error: Cannot reach ${url}: nothing listens there (connection refused).\n`);
		expect(done.err).toContain('wait-server-ready');
		expect(done.err).not.toMatch(/\n\s+at .*\.ts:\d/);
	});

	test('that does not answer in time is given up on', async () => {
		const { createServer } = await import('node:net');
		const server = createServer(() => {}).listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const { port } = server.address() as { port: number };
		const done = await run(
			[...diff, '-u', `http://127.0.0.1:${port}`, '-t', 'x', '--request-timeout', '1'],
			folderWith(dump),
		);
		server.close();
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/did not answer within 1 seconds?\.\n/) });
	});

	test('is logged into with email and password, once', async () => {
		const instance = await startInstance({
			'POST /auth/login': { data: { access_token: TOKEN } },
			[DIFF]: { data: plan(), meta: {} },
		});
		const variables = {
			DIRECTUS_URL: instance.url,
			DIRECTUS_ADMIN_EMAIL: 'a@b.c',
			DIRECTUS_ADMIN_PASSWORD: 'the-password',
		};
		expect((await run(diff, folderWith(dump), { variables })).code).toBe(0);
		expect(instance.names()).toEqual(['POST /auth/login', DIFF]);
		expect(instance.asked[0]?.body).toEqual({ email: 'a@b.c', password: 'the-password', mode: 'json' });
	});

	test('reads its address and token from .env', async () => {
		const instance = await startInstance({ [DIFF]: { data: plan(), meta: {} } });
		const folder = folderWith({ ...dump, '.env': `DIRECTUS_URL=${instance.url}\nDIRECTUS_TOKEN="${TOKEN}"\n` });
		expect((await run(diff, folder)).code).toBe(0);
	});

	test('that refuses the token or the password says which, and never repeats it, also with --debug', async () => {
		const instance = await startInstance({
			'POST /auth/login': refusal(401, 'INVALID_CREDENTIALS', 'Invalid user credentials.'),
		});
		const token = await run([...diff, '-u', instance.url, '-t', 'wrong-token-1', '--debug'], folderWith(dump));
		expect(token).toMatchObject({ code: 1, err: expect.stringContaining('access token is not valid') });
		expect(token.err).not.toContain('wrong-token-1');
		const login = [...diff, '-u', instance.url, '-e', 'a@b.c', '-p', 'wrong-password-1', '--debug'];
		const password = await run(login, folderWith(dump));
		expect(password).toMatchObject({ code: 1, err: expect.stringContaining('email or the password is wrong') });
		expect(password.err).not.toContain('wrong-password-1');
	});

	test('that echoes a secret does not get it printed', async () => {
		const instance = await startInstance({ [DIFF]: refusal(400, 'INVALID_PAYLOAD', `bad token ${TOKEN}`) });
		const done = await run([...diff, ...at(instance), '--json', '--debug'], folderWith(dump));
		expect(done.err + done.out).not.toContain(TOKEN);
		expect(done.err).toContain('**********');
	});

	test('whose user is no admin, and one without the extension, and one with an old one, say what to do', async () => {
		const instance = await startInstance({ [DIFF]: refusal(403, 'FORBIDDEN', "You don't have permission.") });
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(/token of an admin/);
		delete instance.answers[DIFF];
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(
			/extension is not installed[^]*npm install directus-extension-downstream/,
		);
		instance.answers['GET /downstream/status'] = { data: status };
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(
			/Downstream 0\.0\.1 on .* does not know[^]*Update/,
		);
	});

	test('that is none, or behind a login page, is told apart', async () => {
		const instance = await startInstance({ [DIFF]: '<html>Log in</html>' });
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(/not answer like Directus[^]*proxy/);
	});

	test('that takes no request this large says which setting', async () => {
		const instance = await startInstance({ [DIFF]: refusal(413, 'CONTENT_TOO_LARGE', 'request entity too large') });
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(/MAX_PAYLOAD_SIZE/);
	});

	test('with other errors has its own words shown', async () => {
		const instance = await startInstance({
			[DIFF]: refusal(503, 'SERVICE_UNAVAILABLE', 'the Downstream hook is not loaded'),
		});
		expect((await run([...diff, ...at(instance)], folderWith(dump))).err).toMatch(/hook is not loaded/);
	});

	test('gives an error as JSON on stdout if asked', async () => {
		const instance = await startInstance({ [DIFF]: refusal(403, 'FORBIDDEN', 'no') });
		const done = await run([...diff, ...at(instance), '--json'], folderWith(dump));
		expect(done.json()).toMatchObject({
			error: { code: 'FORBIDDEN', message: expect.any(String), advice: expect.any(String) },
		});
	});

	test('shows where an unforeseen error comes from only with --debug', async () => {
		const folder = folderWith({
			...dump,
			'downstream.config.cjs': 'module.exports = { hooks: { roles: { onLoad() { throw new Error("boom") } } } };',
		});
		const instance = await startInstance();
		const plain = await run([...diff, ...at(instance)], folder);
		expect(plain).toMatchObject({ code: 1, err: expect.stringMatching(/A hook failed: boom\n.*hooks\.roles\.onLoad/) });
		expect(plain.err).not.toMatch(/downstream\.config\.cjs:\d/);
		expect((await run([...diff, ...at(instance), '-d'], folder)).err).toMatch(
			/caused by Error: boom[^]*downstream\.config\.cjs:\d/,
		);
	});

	test('is asked through the functions of a configuration file, as with directus-sync', async () => {
		const instance = await startInstance({ [DIFF]: { data: plan(), meta: {} } });
		const folder = folderWith({
			...dump,
			'downstream.config.cjs': `module.exports = { directusConfig: { restConfig: {
				onRequest: (request) => ({ ...request, headers: { ...request.headers, 'X-Firewall': 'open' } }),
			} } };`,
		});
		expect((await run([...diff, ...at(instance)], folder)).code).toBe(0);
		expect(instance.asked[0]?.headers['x-firewall']).toBe('open');
	});
});

describe('colours and progress', () => {
	const some = { [DIFF]: { data: plan(), meta: {} } };
	// eslint-disable-next-line no-control-regex
	const ESCAPES = /\u001B\[/;

	test('are for terminals', async () => {
		const instance = await startInstance(some);
		const piped = await run([...diff, ...at(instance)], folderWith(dump));
		expect(piped.out + piped.err).not.toMatch(ESCAPES);
		expect((await run([...diff, ...at(instance)], folderWith(dump), { answers: [] })).out).toMatch(ESCAPES);
	});

	test('go with NO_COLOR, --no-color and --no-progress, and come with --color', async () => {
		const instance = await startInstance(some);
		const terminal = { answers: [], variables: { NO_COLOR: '1' } };
		const quiet = await run([...diff, ...at(instance), '--no-progress'], folderWith(dump), terminal);
		expect(quiet.out + quiet.err).not.toMatch(ESCAPES);
		expect((await run([...diff, ...at(instance), '--no-color'], folderWith(dump), { answers: [] })).out).not.toMatch(
			ESCAPES,
		);
		expect((await run([...diff, ...at(instance), '--color'], folderWith(dump))).out).toMatch(ESCAPES);
	});
});
