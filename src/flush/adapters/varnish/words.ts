import type { Adapter } from '../adapter.js';
import { mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert de URL’s van paden, of tags met xkey of ban, uit Varnish. Wat het aanneemt staat in de VCL.',
		options: {
			method:
				'Wat de VCL begrijpt. purge: PURGE van de URL van elk pad. xkey-purge, xkey-softpurge: PURGE met de tags in een header. ban: BAN met een reguliere expressie over de tags in een header.',
			header:
				'De header waarin de tags staan: xkey-purge, xkey-softpurge of cache-tags, naar de methode, tenzij de VCL een andere leest.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: 'Waar Varnish luistert, als dat niet de url van het doel is; de Host-header blijft die van de site.',
		},
	},
	'fr-FR': {
		description:
			'Purge de Varnish les URL des chemins, ou des tags par xkey ou ban. Sa configuration VCL définit ce qu’il accepte.',
		options: {
			method:
				'Ce que comprend la configuration VCL. purge : PURGE de l’URL de chaque chemin. xkey-purge, xkey-softpurge : PURGE avec les tags dans un en-tête. ban : BAN avec une expression régulière sur les tags d’un en-tête.',
			header:
				'L’en-tête qui contient les tags : xkey-purge, xkey-softpurge ou cache-tags, selon la méthode, sauf si la configuration VCL en lit un autre.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: 'Où écoute Varnish, si ce n’est pas à l’URL de la cible ; l’en-tête Host reste celui du site.',
		},
	},
	'de-DE': {
		description:
			'Leert den Cache von Varnish nach den URLs von Pfaden oder, mit xkey oder Ban, nach Tags. Was es annimmt, steht in seiner VCL.',
		options: {
			method:
				'Was die VCL versteht. purge: PURGE der URL jedes Pfads. xkey-purge, xkey-softpurge: PURGE mit den Tags in einem Header. ban: BAN mit einem regulären Ausdruck über die Tags in einem Header.',
			header:
				'Der Header, in dem die Tags stehen: je nach Methode xkey-purge, xkey-softpurge oder cache-tags, sofern die VCL keinen anderen liest.',
			map_tags: mapTagsIn['de-DE'],
			base_url: 'Wo Varnish lauscht, falls nicht unter der URL des Ziels; der Host-Header bleibt der der Website.',
		},
	},
};
