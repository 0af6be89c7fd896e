import type { Bundle, ExtensionState } from '../../../contract/bundle.js';
import type { ConfigState, InstalledExtension } from './config-state.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';

/** What `npm` calls this package; the folder of one that was put into the extensions by hand may be called otherwise. */
const OWN_ENTRY = 'downstream-endpoint';

/** A row of Directus' own table of extensions. */
export interface ExtensionRow {
	id: string;
	enabled: boolean;
	folder: string;
	/** `registry`: from the marketplace, where the folder is named by the version. */
	source: string;
	/** The bundle that it is an entry of. */
	bundle: string | null;
}

/** All that are installed but this one: an entry of a bundle is called `bundle/entry`. */
export function installedExtensions(rows: readonly ExtensionRow[]): InstalledExtension[] {
	const byId = new Map(rows.map((row) => [row.id, row]));
	const own = new Set(rows.flatMap(({ folder, bundle }) => (folder === OWN_ENTRY && bundle !== null ? [bundle] : [])));
	const nameOf = (row: ExtensionRow) => (row.source === 'registry' && row.bundle === null ? row.id : row.folder);
	return rows
		.flatMap((row): InstalledExtension[] => {
			if (own.has(row.id) || (row.bundle !== null && own.has(row.bundle))) return [];
			const parent = row.bundle === null ? null : byId.get(row.bundle);
			if (parent === undefined) return [];
			const name = parent ? `${nameOf(parent)}/${row.folder}` : nameOf(row);
			return [{ id: row.id, name, enabled: row.enabled }];
		})
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** As a bundle has them; nothing where none but this one is installed. */
export const extensionsOf = ({ extensions = [] }: Pick<ConfigState, 'extensions'>): Pick<Bundle, 'extensions'> =>
	extensions.length === 0 ? {} : { extensions: extensions.map(({ name, enabled }) => ({ name, enabled })) };

/**
 * Which extensions would have to be switched on or off. None is installed or removed by a push: what only one side has is
 * left alone, and told where it is missing here.
 */
export function extensionChanges(
	{ extensions: installed = [] }: Pick<ConfigState, 'extensions'>,
	wanted: readonly ExtensionState[],
): { changes: Change[]; none: number; warnings: ConfigIssue[] } {
	const installedByName = new Map(installed.map((extension) => [extension.name, extension]));
	const plan = { changes: [] as Change[], none: 0, warnings: [] as ConfigIssue[] };
	for (const { name, enabled } of wanted) {
		const extension = installedByName.get(name);
		if (!extension) {
			const message = `the extension "${name}" is not installed here`;
			const suggestion = 'install it as it is on the other instance; a push switches extensions on and off only';
			plan.warnings.push({ file: null, path: `extensions:${name}`, code: 'not_installed', message, suggestion });
		} else if (extension.enabled === enabled) plan.none++;
		else plan.changes.push(change(extension, enabled));
	}
	return plan;
}

const change = ({ id, name, enabled }: InstalledExtension, to: boolean): Change => ({
	kind: 'extensions',
	sync_id: name,
	name,
	action: 'update',
	fields: [{ field: 'enabled', from: enabled, to }],
	risk: to ? [] : ['breaking'],
	local_id: id,
	after: [],
	completes: false,
	kept: false,
	impact: to ? [] : ['what it does stops, until it is switched on again'],
});
