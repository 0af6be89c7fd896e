import type { AdapterWords } from '../adapter.js';
import { dutchBaseUrl, dutchMapTags } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verklaart paden, of cachetags, van een distributie van CloudFront ongeldig. De API-sleutel is de secret access key van een IAM-gebruiker.',
	options: {
		distribution: 'Het ID van de distributie, zoals E1A2B3C4D5E6F7.',
		access_key_id: 'De access key ID van een IAM-gebruiker; de API-sleutel is de secret access key ervan.',
		by: 'paths: verklaart de paden van een regel ongeldig. tags: verklaart cachetags ongeldig, waarvoor de distributie een header moet hebben (CacheTagConfig), en paden waar een regel ze noemt.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van CloudFront'),
	},
};
