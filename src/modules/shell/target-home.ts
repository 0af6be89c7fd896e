import type { TargetKind } from '../../contract/vocabulary.js';

/** The list of targets of a kind; a target's page is beneath it. */
export const homeOf = (kind: TargetKind | undefined): string =>
	kind === 'sync' ? '/downstream/sync' : '/downstream/flush';

/** What a target is called that nobody named: the host of its URL. */
export const hostOf = (url: string) => (URL.canParse(url.trim()) ? new URL(url.trim()).host : '');
