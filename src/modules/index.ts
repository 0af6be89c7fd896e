import { lazyPage } from './lazy-page.js';

const overview = lazyPage(() => import('./pages/overview.vue'));
const flushTargets = lazyPage(() => import('./pages/flush-targets.vue'));
const flushTarget = lazyPage(() => import('./pages/flush-target.vue'));
const deliveries = lazyPage(() => import('./pages/deliveries.vue'));
const delivery = lazyPage(() => import('./pages/delivery.vue'));
const incidents = lazyPage(() => import('./pages/incidents.vue'));
const nowhere = lazyPage(() => import('./pages/not-found.vue'));

/** The module's entry: the Studio loads it on every page, so it holds nothing but where the pages are. */
export default {
	id: 'downstream',
	name: 'Downstream',
	icon: 'lan',
	routes: [
		{ path: '', component: overview },
		{ path: 'flush', component: flushTargets },
		{ path: 'flush/:id', component: flushTarget, props: true },
		// A delivery opens beside its list, which keeps its place and its filters.
		{ path: 'deliveries', component: deliveries, children: [{ path: ':id', component: delivery, props: true }] },
		{ path: 'incidents', component: incidents },
		{ path: ':page(.*)*', component: nowhere },
	],
	// What only admins may ask for is offered only to admins; the endpoint checks by itself.
	preRegisterCheck: (user: { admin_access?: boolean }) => user.admin_access === true,
};
