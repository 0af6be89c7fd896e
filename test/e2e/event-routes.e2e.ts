import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directusVersions, KEPT } from '../kit/playground.js';
import { startProbe, type Probe } from './event-probe.js';

const EXTENSION = join(KEPT, `as-nobody-${process.pid}`);

/** An endpoint of another extension, which writes with Directus' services in the ways that leave no activity row. */
function writeOtherExtension(): void {
	mkdirSync(EXTENSION, { recursive: true });
	const extension = { type: 'endpoint', path: 'index.js', source: 'index.js', host: '>=11.0.0' };
	writeFileSync(
		join(EXTENSION, 'package.json'),
		JSON.stringify({ name: 'as-nobody', version: '1.0.0', type: 'module', 'directus:extension': extension }),
	);
	writeFileSync(
		join(EXTENSION, 'index.js'),
		`export default { id: 'as-nobody', handler: (router, { services, getSchema }) => {
			router.post('/:how', async (request, response) => {
				const accountability = request.params.how === 'untracked' ? request.accountability : null;
				const service = new services.ItemsService('posts', { schema: await getSchema(), accountability });
				const options = request.params.how === 'untracked' ? { skipTracking: true } : {};
				const id = await service.createOne({ title: 'by a service' }, options);
				await service.updateOne(id, { title: 'changed by it' }, options);
				await service.deleteOne(id, options);
				response.json({ id });
			});
		} };`,
	);
}

/** Ways into Directus that need settings of their own. */
describe.each(directusVersions())('other routes into Directus %s', (version) => {
	let probe: Probe;
	beforeAll(async () => {
		writeOtherExtension();
		const env = { WEBSOCKETS_ENABLED: 'true', WEBSOCKETS_REST_AUTH: 'handshake', TUS_ENABLED: 'true' };
		probe = await startProbe(version, 'sqlite', { env, extraExtensions: [EXTENSION] });
	});
	afterAll(async () => {
		await probe?.stop();
		rmSync(EXTENSION, { recursive: true, force: true });
	});

	it('a write over the websocket', async () => {
		const { directus, sentBy } = probe;
		const write = () =>
			new Promise<void>((resolve, reject) => {
				const socket = new WebSocket(`${directus.url.replace('http', 'ws')}/websocket`);
				socket.onopen = () => socket.send(JSON.stringify({ type: 'auth', access_token: directus.token }));
				socket.onerror = () => reject(new Error('the websocket failed'));
				socket.onmessage = ({ data }) => {
					const message = JSON.parse(String(data)) as { type: string; status?: string };
					if (message.type === 'auth')
						socket.send(
							JSON.stringify({ type: 'items', collection: 'posts', action: 'create', data: { title: 'ws' } }),
						);
					if (message.type === 'items') {
						socket.close();
						resolve();
					}
				};
			});
		expect(await sentBy(write)).toEqual(['posts create ws']);
	});

	it('a file uploaded in pieces (TUS)', async () => {
		const { directus, sentBy } = probe;
		const authorization = `Bearer ${directus.token}`;
		const encode = (text: string) => Buffer.from(text).toString('base64');
		const upload = async () => {
			const metadata = `filename_download ${encode('t.txt')},title ${encode('in pieces')},type ${encode('text/plain')}`;
			const headers = { authorization, 'tus-resumable': '1.0.0' };
			const begun = await fetch(`${directus.url}/files/tus`, {
				method: 'POST',
				headers: { ...headers, 'upload-length': '6', 'upload-metadata': metadata },
			});
			expect(begun.status).toBe(201);
			const location = new URL(begun.headers.get('location') ?? '', directus.url);
			for (const [offset, piece] of [
				[0, 'abc'],
				[3, 'def'],
			] as const) {
				const sent = await fetch(`${directus.url}${location.pathname}`, {
					method: 'PATCH',
					headers: { ...headers, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
					body: piece,
				});
				expect(sent.status).toBe(204);
			}
		};
		const sent = await sentBy(upload, 1);
		expect([...new Set(sent.map((entry) => entry.split(' ')[0]))]).toEqual(['directus_files']);
		expect(sent).toContainEqual(expect.stringContaining('in pieces'));
	});

	it.each(['nobody', 'untracked'])('a service of another extension that leaves no activity row: as %s', async (how) => {
		const sent = await probe.sentBy(() => probe.directus.request('POST', `/as-nobody/${how}`), 1);
		expect(sent.at(-1)).toMatch(/^posts (create|update|delete)/);
		expect(sent).toContainEqual(expect.stringMatching(/^posts delete/));
	});
});
