import type { Bundle } from '../contract/bundle.js';
import { collectionsFolder, snapshotFolder } from '../config/core/dump/dump-choice.js';
import { readDump } from '../config/core/dump/dump-files.js';
import { leftOutBy, withoutTables } from '../config/core/elements/left-out-tables.js';
import { fillSecrets } from '../config/core/secrets/secret-references.js';
import { withOverlays } from '../config/core/dump/overlays.js';
import type { ConfigIssue } from '../contract/plan.js';
import type { CommandContext } from './command.js';
import { configEndpoint } from './config-endpoint.js';
import { dumpChoice } from './dump-choice.js';
import { readFiles } from './dump-folder.js';
import { Failure } from './failure.js';
import { hookClient } from './hook-client.js';
import type { Options } from './options.js';
import { detailsOf, fromHere } from './request-failures.js';
import { runLoadHooks } from './run-hooks.js';

/** What an instance shall become. */
export interface Wanted {
	bundle: Bundle;
	/** The environment's values for the references of the files. */
	secrets: ReadonlyMap<string, string>;
	/** Where it comes from, for people. */
	source: string;
	/** The same issue with its file and the place in it, where it is about something in a file. */
	locate(issue: ConfigIssue): ConfigIssue;
}

/** From the files of the dump, or from another instance (`--from`). */
export async function readWanted(context: CommandContext): Promise<Wanted> {
	const { options } = context;
	if (options.kinds.length === 0 && !options.schema)
		throw new Failure('NOTHING_CHOSEN', 'Nothing is left to compare: all kinds and the schema are left out.', {
			advice: 'Take back one of --no-snapshot, --no-collections, --only-collections, --exclude-collections.',
		});
	const wanted = await (options.from ? fromInstance(context, options.from) : fromFiles(context));
	const schema = withoutTables(wanted.bundle.schema, leftOutBy(options.excludeTables));
	const moved = schema && options.moved.length > 0 ? { moved: options.moved } : {};
	return { ...wanted, bundle: { ...wanted.bundle, schema, ...moved } };
}

async function fromInstance(
	{ options, connectionTo, progress }: CommandContext,
	login: NonNullable<Options['from']>,
): Promise<Wanted> {
	const other = connectionTo(login);
	const { bundle, issues } = await progress.during(
		`Reading the configuration of ${other.url}`,
		() => configEndpoint(other, options).pull(options),
		() => `Read the configuration of ${other.url}.`,
	);
	refuseHidden(issues, other.url);
	return { bundle, secrets: new Map(), source: other.url, locate: (issue) => issue };
}

async function fromFiles({ options, folder, connection, progress, secret }: CommandContext): Promise<Wanted> {
	const choice = dumpChoice(options);
	const files = await readFiles(options.dumpPath, [collectionsFolder(choice), snapshotFolder(choice)]);
	if (files.size === 0)
		throw new Failure('NO_DUMP', 'There is no configuration in this folder.', {
			where: options.dumpPath,
			advice: 'Write one with "downstream pull", or say where it is with --dump-path.',
		});
	const { bundle, issues, warnings, places } = readDump(files, choice);
	if (bundle === null)
		throw new Failure('INVALID_DUMP', 'The files cannot be used.', {
			where: options.dumpPath,
			details: detailsOf(issues, { folder, dumpPath: options.dumpPath }),
			advice: 'Correct them, or pull again; nothing was changed.',
		});
	for (const { file, path, message } of warnings) {
		const place = file === null ? null : fromHere({ folder, dumpPath: options.dumpPath }, file);
		progress.warn(`${[place, path].filter(Boolean).join(' ')}: ${message}`);
	}
	const loaded = await runLoadHooks(bundle, options.hooks, () => hookClient(connection(), options.client));
	const overlaid = withOverlays(loaded, options.overlays);
	if (overlaid.issues.length > 0)
		throw new Failure('INVALID_OVERLAY', `The overlays of ${options.environment} do not fit the files.`, {
			where: options.configFile,
			details: detailsOf(overlaid.issues),
			advice: 'Correct them. Nothing was changed.',
		});
	const secrets = new Map<string, string>();
	const filled = fillSecrets(overlaid.bundle, (name) => {
		const value = secret(name);
		if (value !== undefined) secrets.set(name, value);
		return value;
	});
	return {
		bundle: filled,
		secrets,
		source: options.dumpPath,
		locate: places.locate,
	};
}

/** What an instance does not show must never be taken for what it does not have. */
export function refuseHidden(issues: readonly ConfigIssue[], url: string): void {
	if (issues.length === 0) return;
	throw new Failure(
		'INCOMPLETE',
		'The instance does not show all of its configuration, and what is hidden would be lost.',
		{
			where: url,
			details: detailsOf(issues),
			advice: 'Leave these kinds out with --exclude-collections, or lift what hides them. Nothing was written.',
		},
	);
}
