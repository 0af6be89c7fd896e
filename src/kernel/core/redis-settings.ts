/** How to reach the Redis of Directus: an address, or ioredis' options. */
export type RedisSettings = string | Record<string, unknown>;

const PREFIX = 'REDIS_';

/**
 * Reads Directus' own variables as Directus does: `REDIS` is an address, else `REDIS_…` are options of ioredis in
 * upper case (`REDIS_HOST` is `host`, `REDIS_TLS__CA` is `tls.ca`); `REDIS_ENABLED` other than true means none.
 * @param variables Directus' environment, as it has cast it
 * @returns null where no Redis is configured
 */
export function readRedisSettings(variables: Record<string, unknown>): RedisSettings | null {
	if ('REDIS_ENABLED' in variables && variables['REDIS_ENABLED'] !== true) return null;
	const address = variables['REDIS'];
	if (typeof address === 'string' && address !== '') return address;
	const names = Object.keys(variables).filter((name) => name.startsWith(PREFIX) && isSet(variables[name]));
	// Those say that it is used, or how Directus names what it keeps there, but not where it is.
	if (!names.some((name) => !/^REDIS_(ENABLED|[A-Z]+_NAMESPACE)$/.test(name))) return null;
	const settings: Record<string, unknown> = {};
	for (const name of names) put(settings, name.slice(PREFIX.length).split('__').map(camel), variables[name]);
	return settings;
}

const isSet = (value: unknown) => value !== undefined && value !== null && value !== '';

function camel(name: string): string {
	return name
		.toLowerCase()
		.split('_')
		.filter((part) => part !== '')
		.map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
		.join('');
}

function put(into: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
	if (rest.length === 0) return void (into[first] = value);
	const inner = into[first];
	const next = typeof inner === 'object' && inner !== null ? { ...inner } : {};
	put(next as Record<string, unknown>, rest, value);
	into[first] = next;
}
