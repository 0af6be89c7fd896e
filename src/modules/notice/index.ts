import type { RouteLocation } from 'vue-router';
import { lazyPage } from '../lazy-page.js';

const notice = lazyPage(() => import('./notice-page.vue'));

/**
 * Whoever is notified of a target and is no admin is led to the same address as admins, and finds how the target is, and
 * no more. A module of its own: admins never have it, so that nobody can put it into the module bar.
 */
export default {
	id: 'downstream-notice',
	name: 'Downstream',
	icon: 'lan',
	routes: [
		{
			path: '/downstream/:kind(flush|sync)/:id',
			component: notice,
			props: ({ params }: RouteLocation) => ({ id: params['id'] }),
		},
	],
	preRegisterCheck: (user: { admin_access?: boolean }) => user.admin_access !== true,
};
