import type { AdapterWords } from '../adapter.js';
import { dutchMapTags, dutchBaseUrl } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verwijdert tags, en de URL’s van paden, uit een zone van Cloudflare. De API-sleutel is een API-token met het recht Cache Purge.',
	options: {
		zone: 'Het ID van de zone: 32 hexadecimale cijfers, op de overzichtspagina van de zone.',
		plan: 'Het abonnement van de zone. Het bepaalt hoeveel verwijderingen per seconde Cloudflare aanneemt.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van Cloudflare'),
	},
};
