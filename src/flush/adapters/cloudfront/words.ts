import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verklaart paden, of cachetags, van een distributie van CloudFront ongeldig. De API-sleutel is de secret access key van een IAM-gebruiker.',
		options: {
			distribution: 'Het ID van de distributie, zoals E1A2B3C4D5E6F7.',
			access_key_id: 'De access key ID van een IAM-gebruiker; de API-sleutel is de secret access key ervan.',
			by: 'paths: verklaart de paden van een regel ongeldig. tags: verklaart cachetags ongeldig, waarvoor de distributie een header moet hebben (CacheTagConfig), en paden waar een regel ze noemt.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van CloudFront'),
		},
	},
};
