import type { AdapterWords } from '../adapter.js';

export const dutch: AdapterWords = {
	description:
		'Stuurt de wijzigingen, ondertekend, naar een serverroute van een Nuxt-site, die de gecachete routes en functies van hun tags en paden weggooit.',
	options: {},
};
