import type { SameKeys } from '../use-words.js';
import type english from '../en-US/fresh.js';

export default {
	title: 'Délai de mise à jour',
	times: '{p50} (p95 {p95})',
	hint: 'De l’enregistrement jusqu’à ce que les visiteurs voient la nouvelle page, ces dernières 24 heures.',
	unseen: 'Aucune page mise à jour n’a été observée ces dernières 24 heures.',
	stale:
		'Toutes les pages ont été mises à jour | 1 page n’a pas été mise à jour | {count} pages n’ont pas été mises à jour',
	summary: '{name} : les visiteurs ont vu la moitié des modifications en {p50}, et 95 % en {p95}.',
	hour: '{hour} : {time}',
	quiet: '–',
} satisfies SameKeys<typeof english>;
