import type { EndpointConfig } from '@directus/extensions';
import type { Router } from 'express';
import { routes, type RouteName } from '../contract/routes.js';
import { currentRuntime } from '../app/start.js';
import { handlers } from './handlers/index.js';
import { respond } from './respond.js';

/** The endpoint's entry: every route of `contract/routes.ts`, behind the same gate and the same envelope. */
export default {
	id: 'downstream',
	handler(router: Router) {
		// Fixed paths first, so that `/deliveries/retry` is not taken for the delivery called "retry".
		const names = (Object.keys(routes) as RouteName[]).toSorted(
			(a, b) => Number(routes[a].path.includes(':')) - Number(routes[b].path.includes(':')),
		);
		for (const name of names) {
			const { method, path } = routes[name];
			router[method](
				path,
				(request, response) => void respond(name, handlers[name] as never, request, response, currentRuntime()),
			);
		}
	},
} satisfies EndpointConfig;
