import type { AdapterWords } from '../adapter.js';

export const dutch: AdapterWords = {
	description:
		'Stuurt de wijzigingen als JSON-lijst naar een URL, ondertekend als het doel een ondertekeningsgeheim heeft.',
	options: {},
};
