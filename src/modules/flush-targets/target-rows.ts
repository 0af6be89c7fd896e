import { readOlderRules } from './read-older-rules.js';
import type { TargetStatus } from '../endpoint/answers.js';
import type { TargetState, TargetStatus as Publication } from '../../core/vocabulary.js';

/** A flush target as the items API gives it, as far as the list shows it. */
export interface ListedTarget {
	id: string;
	name: string | null;
	url: string;
	status: Publication;
	adapter: string | null;
	schema: unknown;
}

/** One row of the list. */
export interface TargetRow {
	id: string;
	name: string;
	url: string;
	adapter: string;
	status: Publication;
	state: TargetState | 'draft' | 'archived';
	/** The collections that its rules are about, each once. */
	collections: string[];
	rules: number;
	health: TargetStatus | null;
}

/** Joins what is stored with how it is doing. */
export function toRow(target: ListedTarget, health: TargetStatus | undefined, unnamed: string): TargetRow {
	const rules = readOlderRules(target.schema);
	return {
		id: target.id,
		name: target.name?.trim() || hostOf(target.url) || unnamed,
		url: target.url,
		adapter: target.adapter ?? 'webhook',
		status: target.status,
		state: target.status === 'published' ? (health?.state ?? 'healthy') : target.status,
		collections: [...new Set(rules.map(({ collection }) => collection))],
		rules: rules.length,
		health: health ?? null,
	};
}

/** Rows that have the text somewhere in what they show, and the publication asked for. */
export function fitting(rows: TargetRow[], text: string, status: string): TargetRow[] {
	const wanted = text.trim().toLowerCase();
	return rows.filter((row) => {
		if (status !== 'all' && row.status !== status) return false;
		return [row.name, row.url, row.adapter, ...row.collections].some((shown) => shown.toLowerCase().includes(wanted));
	});
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : '';
}
