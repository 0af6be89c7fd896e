import type { AdapterWords } from '../adapter.js';

export const dutch: AdapterWords = {
	description:
		'Stuurt de wijzigingen, ondertekend, naar een route van de site die hun tags en paden ververst (zie examples/nextjs). Elke tag staat één keer in een verzoek, zoals de regel hem schrijft.',
	options: {},
};
