import type { RouteLocation } from 'vue-router';
import { lazyPage } from './lazy-page.js';

const overview = lazyPage(() => import('./pages/overview.vue'));
// Flush targets and remotes have the same pages; each has its own of them, so that going from one to the other begins anew.
const targets = () => lazyPage(() => import('./pages/targets.vue'));
const target = () => lazyPage(() => import('./pages/target.vue'));
const linkCopy = lazyPage(() => import('./pages/link-copy.vue'));
const conflicts = lazyPage(() => import('./pages/conflicts.vue'));
const deliveries = lazyPage(() => import('./pages/deliveries.vue'));
const delivery = lazyPage(() => import('./pages/delivery.vue'));
const incidents = lazyPage(() => import('./pages/incidents.vue'));
const operations = lazyPage(() => import('./pages/operations.vue'));
const config = lazyPage(() => import('./pages/config.vue'));
const configPush = lazyPage(() => import('./pages/config-push.vue'));
const nowhere = lazyPage(() => import('./pages/not-found.vue'));

/** The module's entry: the Studio loads it on every page, so it holds nothing but where the pages are. */
export default {
	id: 'downstream',
	name: 'Downstream',
	icon: 'lan',
	routes: [
		{ path: '', component: overview },
		...(['flush', 'sync'] as const).flatMap((kind) => [
			{ path: kind, component: targets(), props: { kind } },
			{ path: `${kind}/:id`, component: target(), props: ({ params }: RouteLocation) => ({ ...params, kind }) },
		]),
		{ path: 'link-copy', component: linkCopy },
		{ path: 'conflicts', component: conflicts },
		// A delivery opens beside its list, which keeps its place and its filters.
		{ path: 'deliveries', component: deliveries, children: [{ path: ':id', component: delivery, props: true }] },
		{ path: 'incidents', component: incidents },
		{ path: 'operations', component: operations },
		{ path: 'config', component: config, children: [{ path: 'history/:id', component: configPush, props: true }] },
		{ path: ':page(.*)*', component: nowhere },
	],
	// What only admins may ask for is offered only to admins; the endpoint checks by itself.
	preRegisterCheck: (user: { admin_access?: boolean }) => user.admin_access === true,
};
