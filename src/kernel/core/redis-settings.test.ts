import { expect, it } from 'vitest';
import { readRedisSettings } from './redis-settings.js';

it.each<[string, Record<string, unknown>, unknown]>([
	['nothing', { DB_CLIENT: 'pg' }, null],
	[
		'an address',
		{ REDIS: 'rediss://user:secret@host:6380/2', REDIS_HOST: 'other' },
		'rediss://user:secret@host:6380/2',
	],
	[
		'host, port and login',
		{ REDIS_HOST: 'cache', REDIS_PORT: 6380, REDIS_USERNAME: 'me', REDIS_PASSWORD: 'secret', REDIS_DB: 3 },
		{ host: 'cache', port: 6380, username: 'me', password: 'secret', db: 3 },
	],
	[
		'TLS',
		{ REDIS_HOST: 'cache', REDIS_TLS__CA: 'PEM', REDIS_TLS__REJECT_UNAUTHORIZED: false },
		{ host: 'cache', tls: { ca: 'PEM', rejectUnauthorized: false } },
	],
	['options of ioredis', { REDIS_HOST: 'a', REDIS_CONNECT_TIMEOUT: 100 }, { host: 'a', connectTimeout: 100 }],
	['empty variables of a compose file', { REDIS: '', REDIS_HOST: '', REDIS_PORT: null }, null],
	['only a namespace', { REDIS_BUS_NAMESPACE: 'bus' }, null],
	['a Redis that is switched off', { REDIS_ENABLED: false, REDIS_HOST: 'cache' }, null],
])('reads %s as Directus does', (_name, variables, settings) => {
	expect(readRedisSettings(variables)).toEqual(settings);
});
