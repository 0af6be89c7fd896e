import type { SameKeys } from '../use-words.js';
import type english from '../en-US/incidents.js';

export default {
	what: 'Une période pendant laquelle une cible est restée en échec, jusqu’à ce qu’une requête aboutisse.',
	running: 'En cours',
	resolved: 'Résolus',
	all: 'Tous',
	filter: 'État',
	target: 'Cible',
	every_target: 'Toutes les cibles',
	lasted: 'a duré {time}',
	since: 'depuis {time}',
	failures: 'aucune requête en échec | 1 requête en échec | {count} requêtes en échec',
	deliveries: 'Voir les envois',
	empty_title: 'Aucun incident',
	empty_text:
		'Aucune cible n’a encore été en échec. Si cela arrive, cette page indiquera quand, pourquoi, et si c’est terminé.',
	none_title: 'Aucun incident correspondant',
	none_text: 'Aucun incident ne correspond à ces filtres.',
} satisfies SameKeys<typeof english>;
