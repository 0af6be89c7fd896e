import type { SameKeys } from '../use-words.js';
import type english from '../en-US/fresh.js';

export default {
	title: 'Délai de mise à jour',
	times: '{p50} (p95 {p95})',
	hint: 'De l’enregistrement jusqu’à ce que les visiteurs voient la nouvelle page, ces dernières 24 heures.',
	unseen: 'Aucune page n’a été vue à jour ces dernières 24 heures.',
	stale: 'Aucune page n’est restée ancienne | 1 page est restée ancienne | {count} pages sont restées anciennes',
	summary: '{name} : les visiteurs ont vu la moitié des modifications en {p50}, et 95 % en {p95}.',
	hour: '{hour} : {time}',
	quiet: '–',
} satisfies SameKeys<typeof english>;
