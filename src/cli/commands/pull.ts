import { relative } from 'node:path';
import type { Bundle } from '../../contract/bundle.js';
import { formerElements, leftoverFiles, writeDump } from '../../config/core/dump/dump-files.js';
import { leftOutBy, withoutTables } from '../../config/core/elements/left-out-tables.js';
import { withoutOverlays } from '../../config/core/dump/overlays.js';
import { collectionsFolder, snapshotFolder } from '../../config/core/dump/dump-choice.js';
import type { CommandContext, RunCommand } from '../command.js';
import { configEndpoint } from '../config-endpoint.js';
import { dumpChoice } from '../dump-choice.js';
import { readFiles, writeFiles } from '../dump-folder.js';
import { secretInFile, secretsOut, warnOfSecrets } from '../pull-secrets.js';
import { Failure } from '../failure.js';
import { hookInstance } from '../make-plan.js';
import { runPullHooks } from '../pull-hooks.js';
import { refuseHidden } from '../read-wanted.js';
import { count } from '../../kernel/core/count.js';
import { readSpecs, specsOf, writeSpecs, type Specs } from './specs.js';

/** Writes the configuration of an instance to files. All is read and checked before the first file is touched. */
export const pull: RunCommand = async (context) => {
	const { options, folder, connection, progress, print } = context;
	const wantsBundle = options.kinds.length > 0 || options.schema;
	if (!wantsBundle && !options.specs)
		throw new Failure(
			'NOTHING_CHOSEN',
			'Nothing is left to pull: all kinds, the schema and the specifications are left out.',
		);
	const instance = connection();
	const { bundle, specs } = await progress.during(`Reading the configuration of ${instance.url}`, async () =>
		wantsBundle ? readBundle(context) : { bundle: null, specs: await readSpecs(instance, options) },
	);
	const choice = dumpChoice(options);
	const before = await readFiles(options.dumpPath, [collectionsFolder(choice), snapshotFolder(choice)]);
	const former = formerElements(
		before,
		choice,
		Object.keys(options.overlays).map((step) => step.split(':')[0] ?? ''),
	);
	const safe = bundle ? secretsOut(context, withoutOverlays(bundle, options.overlays, former), former) : null;
	const files = safe ? writeDump(safe.bundle, choice, before) : new Map<string, string>();
	const leftover = new Set(leftoverFiles(before.keys(), files, choice));
	const dump = await writeFiles(options.dumpPath, files, before, (path) => leftover.has(path));
	const specified = specs ? await writeSpecs(options, specs) : { written: [], unchanged: 0 };
	const place = relative(folder, options.dumpPath) || '.';
	const result = {
		folder: options.dumpPath,
		written: [...dump.written, ...specified.written.map((name) => `${options.specsPath}/${name}`)],
		removed: dump.removed,
		unchanged: dump.unchanged + specified.unchanged,
		elements: Object.fromEntries(Object.entries(bundle?.elements ?? {}).map(([kind, list]) => [kind, list.length])),
		collections: bundle?.schema?.collections.length ?? null,
		secrets: (safe?.places ?? []).map((place) => secretInFile(place, choice)),
	};
	warnOfSecrets(result.secrets, context);
	print(result, () => {
		const { written, removed, unchanged } = result;
		const what = bundle ? contents(result) : 'the specifications';
		if (written.length + removed.length === 0) return `Nothing changed: ${place} has ${what} already.`;
		return `Pulled ${what} to ${place}: ${count(written.length, 'file')} written, ${removed.length} removed, ${unchanged} unchanged.`;
	});
	return 0;
};

/** Both in one request. */
async function readBundle(context: CommandContext): Promise<{ bundle: Bundle; specs: Specs | null }> {
	const { options, connection } = context;
	const instance = connection();
	const { bundle, issues, specs } = await configEndpoint(instance, options).pull(options, { specs: options.specs });
	refuseHidden(issues, instance.url);
	const schema = withoutTables(bundle.schema, leftOutBy(options.excludeTables));
	return {
		bundle: await runPullHooks({ ...bundle, schema }, options.hooks, hookInstance(context)),
		specs: specs && specsOf(instance, specs, options),
	};
}

function contents({ elements, collections }: { elements: Record<string, number>; collections: number | null }): string {
	const total = Object.values(elements).reduce((sum, number) => sum + number, 0);
	const parts = [
		...(collections === null ? [] : [count(collections, 'collection')]),
		...(Object.keys(elements).length === 0 ? [] : [count(total, 'element')]),
	];
	return parts.join(' and ');
}
