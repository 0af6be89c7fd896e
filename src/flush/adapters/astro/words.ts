import type { AdapterWords } from '../adapter.js';

export const dutch: AdapterWords = {
	description:
		'Stuurt de wijzigingen, ondertekend, naar een API-route van een Astro-site, die de pagina’s van hun tags en paden uit de cache gooit.',
	options: {},
};
