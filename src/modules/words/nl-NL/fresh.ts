import type { SameKeys } from '../use-words.js';
import type english from '../en-US/fresh.js';

export default {
	title: 'Tijd tot vers',
	times: '{p50} (p95 {p95})',
	hint: 'Van opslaan tot bezoekers de nieuwe pagina kregen, in de laatste 24 uur.',
	unseen: 'In de laatste 24 uur is van geen pagina gezien dat ze nieuw was.',
	stale: 'Geen pagina bleef oud | 1 pagina bleef oud | {count} pagina’s bleven oud',
	summary: '{name}: bezoekers zagen de helft van de wijzigingen binnen {p50}, en 95 % binnen {p95}.',
	hour: '{hour}: {time}',
	quiet: '–',
} satisfies SameKeys<typeof english>;
