import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { at, refusal, startInstance } from './instance.js';
import { folderWith, run } from './run.js';

const SHOP = '6f1c2a52-0d8e-4b7b-9a55-3f0a5a3f3c11';
const targets = {
	'GET /items/data_sync_remote_sources': { data: [] },
	'GET /items/cache_flush_targets': {
		data: [{ id: SHOP, name: 'Shop', url: 'https://shop.example/flush', status: 'published' }],
	},
};
const lines = '{"id":"d1"}\n{"id":"d2"}\n';
const asked = () =>
	startInstance({
		...targets,
		'GET /downstream/deliveries/export': { status: 200, body: lines, type: 'application/x-ndjson' },
	});

test('log goes to stdout as it is, with the filters of the list', async () => {
	const instance = await asked();
	const { code, out } = await run(
		['log', '--target', 'Shop', '--since', '2026-11-30', '--format', 'csv', ...at(instance)],
		folderWith(),
	);
	expect([code, out]).toEqual([0, lines]);
	expect(Object.fromEntries(instance.asked.at(-1)?.query ?? [])).toEqual({
		target: SHOP,
		since: '2026-11-30',
		format: 'csv',
	});
});

test('log goes to a file once all of it has come in', async () => {
	const folder = folderWith();
	const { code, out } = await run(['log', '--attempts', '--output', 'log.ndjson', ...at(await asked())], folder);
	expect([code, out]).toEqual([0, 'The log is in log.ndjson.\n']);
	expect(readFileSync(join(folder, 'log.ndjson'), 'utf8')).toBe(lines);
});

test('log leaves no file behind where it breaks off, or is refused', async () => {
	const server = createServer((request, response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': 100 });
		response.write(lines, () => request.socket.destroy());
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	onTestFinished(() => void server.close());
	const folder = folderWith();
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const broken = await run(['log', '--output', 'log.ndjson', '-u', url, '-t', 'token'], folder);
	expect(broken.code).toBe(1);
	expect(broken.err).toContain('The log ended before it was complete.');
	const refused = await startInstance({ 'GET /downstream/deliveries/export': refusal(403, 'FORBIDDEN', 'No.') });
	expect((await run(['log', '--output', 'log.ndjson', ...at(refused)], folder)).code).toBe(1);
	expect(readdirSync(folder)).toEqual([]);
});
