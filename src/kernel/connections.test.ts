import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../../test/kit/receiver.js';
import { createAddressGuard } from './address-guard.js';
import { createHttpClient, type HttpClient } from './http.js';

const clients: HttpClient[] = [];
const client = (...denied: string[]) => {
	const made = createHttpClient(createAddressGuard({ name: 'X', entries: denied }), 'test');
	clients.push(made);
	return made;
};
const get = (url: string, connection: object = {}) => ({ method: 'GET', url, headers: {}, body: null, connection });

let receiver: Receiver;
let proxy: Server;
let tunnels: string[] = [];
let secure: Http2SecureServer;
let certificate: string;
const folder = mkdtempSync(join(tmpdir(), 'downstream-tls-'));
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
	receiver = await startReceiver();
	proxy = createServer().on('connect', (request, socket) => {
		tunnels.push(String(request.url));
		const { hostname, port } = new URL(`http://${request.url}`);
		// As a proxy that knows names which nobody else does.
		const upstream = connect(Number(port), hostname === 'inside.invalid' ? '127.0.0.1' : hostname, () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			upstream.pipe(socket).pipe(upstream);
		});
		for (const end of [socket, upstream]) end.on('error', () => {});
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
	const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
	execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...names], { stdio: 'ignore' });
	certificate = readFileSync(cert, 'utf8');
	const options = { key: readFileSync(key), cert: certificate, allowHTTP1: true };
	secure = createSecureServer(options, (request, response) => response.end(`HTTP/${request.httpVersion}`));
	await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
	tunnels = [];
	receiver.clear();
	await Promise.all(clients.splice(0).map((made) => made.close()));
});
afterAll(async () => {
	await receiver.stop();
	proxy.closeAllConnections();
	proxy.close();
	secure.close();
	rmSync(folder, { recursive: true, force: true });
});

it('goes through the proxy of a target, and by itself without one', async () => {
	const http = client();
	const through = { proxy: `http://127.0.0.1:${portOf(proxy)}` };
	expect((await http.send(get(`${receiver.url}/direct`), 5_000)).status).toBe(200);
	expect(tunnels).toEqual([]);
	expect((await http.send(get(`${receiver.url}/through`, through), 5_000)).status).toBe(200);
	expect(tunnels).toEqual([`127.0.0.1:${receiver.port}`]);
	expect((await http.send(get(`http://inside.invalid:${receiver.port}/inside`, through), 5_000)).status).toBe(200);
	expect(receiver.requests.map(({ path }) => path)).toEqual(['/direct', '/through', '/inside']);
});

it('asks no proxy for a denied address, and no proxy that is denied', async () => {
	const through = { proxy: `http://localhost:${portOf(proxy)}` };
	const denied = { code: 'ADDRESS_DENIED', permanent: true };
	await expect(client('169.254.169.254').send(get('http://169.254.169.254/', through), 5_000)).rejects.toMatchObject(
		denied,
	);
	await expect(client('127.0.0.1', '::1').send(get('http://192.0.2.1/', through), 5_000)).rejects.toMatchObject(denied);
	await expect(client('127.0.0.1', '::1').send(get('http://localhost/', through), 5_000)).rejects.toMatchObject(denied);
	expect(tunnels).toEqual([]);
});

it('trusts the authority of a target beside the known ones, for that target only', async () => {
	const url = `https://localhost:${portOf(secure)}/`;
	const http = client();
	await expect(http.send(get(url), 5_000)).rejects.toMatchObject({ permanent: false });
	// As it is, and as a form makes one line of it.
	for (const ca of [certificate, certificate.replaceAll('\n', ' ')])
		expect(await http.send(get(url, { ca }), 5_000)).toMatchObject({ status: 200, body: 'HTTP/1.1' });
	await expect(http.send(get(url), 5_000)).rejects.toMatchObject({ permanent: false });
});

it('speaks HTTP/2 where a target asks for it and its server can, also through a proxy', async () => {
	const url = `https://localhost:${portOf(secure)}/`;
	const http = client();
	const modern = { ca: certificate, http2: true };
	expect(await http.send(get(url, modern), 5_000)).toMatchObject({ status: 200, body: 'HTTP/2.0' });
	const through = { ...modern, proxy: `http://127.0.0.1:${portOf(proxy)}` };
	expect((await http.send(get(url, through), 5_000)).status).toBe(200);
	expect(tunnels).toEqual([`localhost:${portOf(secure)}`]);
	expect((await http.send(get(`${receiver.url}/`, { http2: true }), 5_000)).status).toBe(200);
});
