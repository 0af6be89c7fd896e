import { createDirectus, rest, staticToken } from '@directus/sdk';
import type { ClientConfig } from './client-config.js';
import type { Connection } from './connection.js';

/** The client that hooks are given: of Directus' own SDK, with its `request`. */
export type HookClient = ReturnType<typeof openClient>;

function openClient(url: string, token: string, config: ClientConfig) {
	return createDirectus(url, config.clientOptions as Parameters<typeof createDirectus>[1])
		.with(staticToken(token))
		.with(rest(config.restConfig as Parameters<typeof rest>[0]));
}

/** The client for hooks, as the same user as the command's own requests. */
export async function hookClient(connection: Connection, config: ClientConfig): Promise<HookClient> {
	const options = config.clientOptions;
	const clientOptions = { ...options, globals: { ...options?.globals, fetch: connection.fetch } };
	return openClient(connection.url, (await connection.token()) ?? '', { ...config, clientOptions });
}
