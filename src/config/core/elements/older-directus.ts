import { isRecord } from '../../../kernel/core/is-record.js';
import { below, snapshotFolder, type DumpChoice } from '../dump/dump-choice.js';
import { elementFile } from '../dump/element-files.js';
import { readJsonText } from '../dump/json-text.js';
import type { ElementKind } from '../../../contract/bundle.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** The kinds that Directus 11 changed: before, permissions belonged to roles. */
const RIGHTS: readonly ElementKind[] = ['roles', 'policies', 'permissions'];

/**
 * Whether a dump has the permissions of Directus 10 or older: no policies, and permissions of roles. The files show it,
 * whichever version the schema names, if any.
 *
 * @returns one issue for all three kinds; null for any other dump
 */
export function olderRights(files: ReadonlyMap<string, string>, choice: DumpChoice): ConfigIssue | null {
	if (!choice.kinds.includes('policies') || files.has(elementFile('policies', choice))) return null;
	const rows = (kind: ElementKind): Record<string, unknown>[] => {
		const text = choice.kinds.includes(kind) ? files.get(elementFile(kind, choice)) : undefined;
		const list = text === undefined ? undefined : readJsonText(text).value;
		return Array.isArray(list) ? list.filter(isRecord) : [];
	};
	const byRole = rows('permissions').some((row) => 'role' in row && !('policy' in row));
	const withAccess = rows('roles').some((row) => 'admin_access' in row || 'app_access' in row);
	const version = versionOf(files, choice);
	if (!byRole && !withAccess && !(version !== null && Number.parseInt(version, 10) < 11)) return null;
	return {
		file: elementFile(byRole || !withAccess ? 'permissions' : 'roles', choice),
		path: '',
		code: 'older_directus',
		message: `this dump is from Directus ${version ?? '10 or older'}, where permissions belong to roles and there are no policies`,
		suggestion:
			'update that instance to Directus 11, which turns its roles into policies, and pull again; or push the rest with --exclude-collections roles,policies,permissions',
	};
}

/** Whether an issue is covered by that one issue. */
export const isAboutRights = ({ file }: ConfigIssue, choice: DumpChoice): boolean =>
	RIGHTS.some((kind) => file === elementFile(kind, choice));

function versionOf(files: ReadonlyMap<string, string>, choice: DumpChoice): string | null {
	const folder = snapshotFolder(choice);
	const text = files.get(below(folder, 'info.json')) ?? files.get(below(folder, 'snapshot.json'));
	const info = text === undefined ? undefined : readJsonText(text).value;
	return isRecord(info) && typeof info['directus'] === 'string' ? info['directus'] : null;
}
