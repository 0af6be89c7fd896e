import type { AdapterWords } from '../adapter.js';

export const dutch: AdapterWords = {
	description:
		'Stuurt de wijzigingen, ondertekend, naar een endpoint van een SvelteKit-site, die de pagina’s van hun tags en paden uit de cache gooit.',
	options: {},
};
