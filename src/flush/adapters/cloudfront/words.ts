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
	'fr-FR': {
		description:
			'Invalide des chemins, ou des tags de cache, d’une distribution CloudFront. La clé API est la clé d’accès secrète d’un utilisateur IAM.',
		options: {
			distribution: 'L’ID de la distribution, comme E1A2B3C4D5E6F7.',
			access_key_id: 'L’ID de clé d’accès d’un utilisateur IAM ; la clé API est sa clé d’accès secrète.',
			by: 'paths : invalide les chemins d’une règle. tags : invalide des tags de cache, pour lesquels la distribution doit avoir un en-tête (CacheTagConfig), et les chemins qu’une règle indique.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API de CloudFront'),
		},
	},
	'de-DE': {
		description:
			'Invalidiert Pfade oder Cache-Tags einer CloudFront-Distribution. Der API-Schlüssel ist der Secret Access Key eines IAM-Benutzers.',
		options: {
			distribution: 'Die ID der Distribution, etwa E1A2B3C4D5E6F7.',
			access_key_id: 'Die Access Key ID eines IAM-Benutzers; der API-Schlüssel ist dessen Secret Access Key.',
			by: 'paths: invalidiert die Pfade einer Regel. tags: invalidiert Cache-Tags, wofür die Distribution einen Header braucht (CacheTagConfig), und Pfade, wo eine Regel sie nennt.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von CloudFront'),
		},
	},
};
