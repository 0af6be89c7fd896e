import { spawn, type ChildProcess } from 'node:child_process';
import { Redis } from 'ioredis';
import type { RedisSettings } from '../../src/kernel/core/redis-settings.js';
import { freePort } from './free-port.js';

/** The Redis of this machine, in a database that nothing else uses. */
export const TEST_REDIS = {
	host: process.env['REDIS_TEST_HOST'] ?? '127.0.0.1',
	port: Number(process.env['REDIS_TEST_PORT'] ?? 6379),
	db: 9,
} satisfies RedisSettings;

/** Why tests cannot use a Redis here, or null. */
export async function redisUnavailable(): Promise<string | null> {
	const client = new Redis({ ...TEST_REDIS, lazyConnect: true, retryStrategy: () => null, connectTimeout: 2_000 });
	client.on('error', () => {});
	try {
		await client.connect();
		await client.ping();
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	} finally {
		client.disconnect();
	}
}

/** Removes what an instance's queue has left. */
export async function removeQueue(instance: string): Promise<void> {
	const client = new Redis(TEST_REDIS);
	const keys = await client.keys(`{downstream}:${instance}:*`);
	if (keys.length > 0) await client.del(...keys);
	client.disconnect();
}

/** A Redis of the test's own, which may be killed, stopped and started again; null where none is installed. */
export async function startRedis(): Promise<OwnRedis | null> {
	const port = await freePort();
	let server: ChildProcess | null = await run(port);
	if (server === null) return null;
	return {
		settings: { host: '127.0.0.1', port },
		async kill() {
			const ended = new Promise((resolve) => server?.once('exit', resolve));
			server?.kill('SIGKILL');
			await ended;
		},
		async start() {
			server = await run(port);
		},
		stand: () => void server?.kill('SIGSTOP'),
		goOn: () => void server?.kill('SIGCONT'),
	};
}

export interface OwnRedis {
	settings: { host: string; port: number };
	kill(): Promise<void>;
	/** Empty, as after every start. */
	start(): Promise<void>;
	/** Lets it stand still: it takes connections and answers nothing. */
	stand(): void;
	goOn(): void;
}

async function run(port: number): Promise<ChildProcess | null> {
	const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
	const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
	return new Promise((resolve) => {
		server.once('error', () => resolve(null));
		server.once('exit', () => resolve(null));
		server.stdout.on('data', (said: Buffer) => {
			if (said.toString().includes('Ready to accept connections')) resolve(server);
		});
	});
}
