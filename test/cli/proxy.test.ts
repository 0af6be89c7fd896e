import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { at, bundle, startInstance, TOKEN } from './instance.js';
import { folderWith, run } from './run.js';
import { startSeedWorld } from './seed-instance.js';

const PULL = 'POST /downstream/config/pull';
const pulled = { [PULL]: { data: bundle({ roles: [] }), meta: { issues: [] } } };
const pull = ['pull', '-o', 'roles', '--no-snapshot', '--no-specs'];

/** A proxy as companies have one: it knows the way to a host that nobody else knows. */
async function startProxy(target: string): Promise<{ url: string; asked: string[] }> {
	const asked: string[] = [];
	const { hostname, port } = new URL(target);
	const server: Server = createServer();
	server.on('connect', (request, socket) => {
		asked.push(`CONNECT ${request.url}`);
		const onward = connect(Number(port), hostname, () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			onward.pipe(socket).pipe(onward);
		});
		onward.on('error', () => socket.destroy());
		socket.on('error', () => onward.destroy());
		onTestFinished(() => void onward.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test.each(['HTTP_PROXY', 'http_proxy'])('requests go by the proxy that %s names', async (name) => {
	const instance = await startInstance(pulled);
	const proxy = await startProxy(instance.url);
	const login = ['-u', 'http://directus.internal', '-t', TOKEN];
	const done = await run([...pull, ...login], folderWith(), { variables: { [name]: proxy.url } });
	expect(done, done.err).toMatchObject({ code: 0 });
	expect(instance.names()).toEqual([PULL]);
	expect(proxy.asked).toEqual(['CONNECT directus.internal:80']);
	const waited = await run(['wait-server-ready', '--timeout', '1', ...login], folderWith(), {
		variables: { [name]: proxy.url },
	});
	expect(waited.err).not.toMatch(/no answer/);
});

test('NO_PROXY leaves hosts out', async () => {
	const instance = await startInstance(pulled);
	const proxy = await startProxy(instance.url);
	const variables = { HTTP_PROXY: proxy.url, NO_PROXY: 'example.com, 127.0.0.1' };
	expect(await run([...pull, ...at(instance)], folderWith(), { variables })).toMatchObject({ code: 0 });
	expect(proxy.asked).toEqual([]);
});

test('bytes of files go by it too', async () => {
	const world = await startSeedWorld();
	const proxy = await startProxy(world.url);
	const seed = { collection: 'directus_files', data: [{ _sync_id: 'logo', title: 'Logo', _file_path: 'logo.txt' }] };
	const folder = folderWith({ 'directus-config/seed/files.json': seed, 'directus-config/seed/logo.txt': 'bytes' });
	const done = await run(['seed', 'push', ...at(world)], folder, { variables: { HTTP_PROXY: proxy.url } });
	expect(done, done.err).toMatchObject({ code: 0 });
	expect(world.items['directus_files']).toMatchObject([{ title: 'Logo', file: 'bytes' }]);
	expect(proxy.asked).not.toEqual([]);
});

test('a proxy that is away or makes no sense is named', async () => {
	const instance = await startInstance(pulled);
	const away = await run([...pull, ...at(instance)], folderWith(), { variables: { HTTP_PROXY: 'http://127.0.0.1:9' } });
	expect(away).toMatchObject({ code: 1, err: expect.stringMatching(/the proxy \(HTTP_PROXY\)/) });
	const nonsense = await run([...pull, ...at(instance)], folderWith(), {
		variables: { HTTPS_PROXY: 'me:secret@proxy' },
	});
	expect(nonsense).toMatchObject({ code: 1, err: expect.stringMatching(/HTTPS_PROXY is not the address of a proxy/) });
	expect(nonsense.err).not.toContain('secret');
	expect(instance.asked).toEqual([]);
});
