import { DIRECTIONS, type Direction, type TargetStatus as Publication } from '../../contract/vocabulary.js';
import type { ConditionCode } from '../../contract/answers/conditions.js';
import type { TargetStatus } from '../endpoint/answers.js';
import { hostOf } from '../shell/target-home.js';

/** A flush target or a remote source as the items API gives it, as far as its list shows it. */
export interface ListedTarget {
	id: string;
	name: string | null;
	url: string;
	status: Publication;
	/** Only flush targets have it. */
	adapter?: string | null;
	schema: unknown;
	options?: { tags?: string; collections?: string[] } | null;
}

/** One row of the list. */
export interface TargetRow {
	id: string;
	name: string;
	url: string;
	adapter: string;
	status: Publication;
	/** Null while that of a published target is not known. */
	state: ConditionCode | 'draft' | 'archived' | null;
	/** The collections that its rules are about, each once. */
	collections: string[];
	/** Automatic tags are sent; its rules are not used. */
	automatic: boolean;
	/** How many rules it has. */
	rules: number;
	/** Where all of its rules together send, which says something of remotes only; null without any rule. */
	direction: Direction | null;
	health: TargetStatus | null;
}

/** Joins a stored target with its status. */
export function toRow(target: ListedTarget, health: TargetStatus | undefined, unnamed: string): TargetRow {
	const { tags, collections } = target.options ?? {};
	const automatic = tags === 'automatic';
	const rules = automatic ? [] : readRules(target.schema);
	const directions = new Set(rules.map(({ direction }) => direction));
	const [only = null] = directions;
	return {
		id: target.id,
		name: target.name?.trim() || hostOf(target.url) || unnamed,
		url: target.url,
		adapter: target.adapter === null ? 'webhook' : (target.adapter ?? ''),
		status: target.status,
		state: target.status === 'published' ? (health?.conditions[0]?.code ?? null) : target.status,
		automatic,
		collections: automatic ? (collections ?? []) : [...new Set(rules.map(({ collection }) => collection))],
		rules: rules.length,
		direction: directions.size > 1 ? 'both' : only,
		health: target.status === 'published' ? (health ?? null) : null,
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

/** The rules of a stored schema, also in the older spelling of the collection (`name`); what is no rule is left out. */
function readRules(schema: unknown): { collection: string; direction: Direction }[] {
	return (Array.isArray(schema) ? schema : []).flatMap((rule: unknown) => {
		const { collection, name, direction: said } = (rule ?? {}) as Record<string, unknown>;
		const about = collection ?? name;
		const direction = DIRECTIONS.find((known) => known === said) ?? 'push';
		return typeof about === 'string' ? [{ collection: about, direction }] : [];
	});
}
