import { InvalidArgumentError, Option, type Command } from 'commander';
import { ELEMENT_KINDS } from '../core/config/bundle.js';
import { DELIVERY_STATUSES, EVENTS } from '../core/vocabulary.js';
import { readKinds, readPreservedKinds } from './kind-lists.js';

export const option = <T>(flags: string, description: string, read?: (value: string, before: T) => T): Option => {
	const made = new Option(flags, description);
	return read ? made.argParser(read) : made;
};
export const list = (value: string) =>
	value
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');

export const DUMP = [
	option('--dump-path <path>', 'folder of the dump (default: ./directus-config)'),
	option('--collections-path <path>', 'its folder of elements (default: collections)'),
	option('--snapshot-path <path>', 'its folder of the schema (default: snapshot)'),
	option('-x, --exclude-collections <kinds>', 'kinds to leave out, separated by commas', invalid(readKinds)),
	option(
		'-o, --only-collections <kinds>',
		`the only kinds to take, of ${ELEMENT_KINDS.join(', ')}`,
		invalid(readKinds),
	),
	option('--no-collections', 'leave all elements out, take the schema only'),
	option('--no-snapshot', 'leave the schema out'),
	option('--no-extensions', 'leave out which extensions are switched on'),
	option('--no-split', 'the schema in one file instead of one for each collection, field and relation'),
	option('--no-sync-policy-roles', 'leave the roles out that policies are attached to'),
];
export const SPECS = [
	option('--specs-path <path>', 'folder of the OpenAPI and GraphQL specifications (default: specs)'),
	option('--no-specs', 'leave the specifications out'),
];
export const PRESERVE_IDS = option(
	'--preserve-ids <kinds>',
	'kinds that keep their ids on the other instance; "all" for all that can',
	invalid(readPreservedKinds),
);
export const COMPARE = [
	PRESERVE_IDS,
	option('-f, --force', 'accepted; files of another version of Directus, or of another database, are taken anyway'),
	option('--mirror', 'delete what only the instance has and nothing has recorded, too; else it is only shown'),
	option('--additive', 'delete nothing; deletions are only shown').conflicts('mirror'),
	option('--only-elements <kind:syncId...>', 'only these, such as roles:editor, and what they depend on'),
	option(
		'--choose <kind:syncId=id...>',
		'which element of the instance is meant, where that is not certain; "new" for none of them',
		readChoice,
	),
	option('--from <url>', 'take the configuration of this instance instead of files'),
	option('--from-token <token>', 'its access token (environment: DIRECTUS_FROM_TOKEN)'),
	option('--plan-out <file>', 'write the plan to a file'),
];
export const RETRIES = option('--max-push-retries <number>', 'accepted; one pass is enough', whole(0)).hideHelp();
export const DESTRUCTIVE = option('--allow-destructive', 'consent to every deletion, without being asked');
export const LOSSES = [
	option('--allow-data-loss [names]', 'also of collections and fields that hold values; all, or those named', list),
	option('--max-deletions <number>', 'how many of one kind may go (default: 20, or a tenth of them)', whole(0)),
];
export const SEED = option('--seed-path <paths...>', 'folders or files of seeds (default: ./directus-config/seed)');
export const EXIT_CODE = option('--exit-code', 'exit with 2 where a push would change something');
export const SYNCED = option('--collection <collections>', 'only these collections, separated by commas');
export const NO_WAIT = option('--no-wait', 'do not wait until everything has arrived');
export const FILTERS = [
	option('--target <target>', 'id or name of a target'),
	option('--status <statuses>', `of ${DELIVERY_STATUSES.join(', ')}; several separated by commas`),
	option('--collection <collection>', 'of this collection'),
	option('--item <key>', 'of this item'),
	option('--event <event>', `of ${EVENTS.join(', ')}`),
	option('--since <time>', 'not older: ISO 8601, or ms since 1970'),
	option('--until <time>', 'not newer'),
	option('--error <code>', 'that failed with this error code'),
	option('-q, --query <text>', 'with this text in collection, item, reason or error'),
];

export function globalOptions(program: Command): void {
	program.optionsGroup('Options of every command:');
	for (const one of [
		option('-u, --directus-url <url>', 'the instance (environment: DIRECTUS_URL)'),
		option('-t, --directus-token <token>', 'access token of an admin (environment: DIRECTUS_TOKEN)'),
		option('-e, --directus-email <email>', 'instead of a token (environment: DIRECTUS_ADMIN_EMAIL)'),
		option('-p, --directus-password <password>', 'its password (environment: DIRECTUS_ADMIN_PASSWORD)'),
		option(
			'-c, --config-path <file>',
			'configuration file (default: downstream.config.* or directus-sync.config.*, here or above)',
		),
		option('--sort-json', 'sort the keys in all JSON that is written'),
		option('--json', 'print the result as JSON on stdout; everything else goes to stderr'),
		option('--no-progress', 'plain lines instead of a spinner'),
		option('--color', 'colours, also where the output is no terminal'),
		option('--no-color', 'no colours'),
		option('--request-timeout <seconds>', 'how long to wait for an answer (default: 60; a push: 300)', whole(1)),
		option('-d, --debug', 'say every request, and where an error comes from'),
	])
		program.addOption(one);
}

export function whole(min: number): (value: string) => number {
	return (value) => {
		const number = Number(value);
		if (value.trim() !== '' && Number.isInteger(number) && number >= min) return number;
		throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
	};
}

/** `roles:editor=4f9c…`, as often as wanted. */
function readChoice(value: string, before: Record<string, string> | undefined): Record<string, string> {
	const [step = '', id = ''] = value.split(/=(.*)/s);
	if (step.includes(':') && id !== '') return { ...before, [step]: id };
	throw new InvalidArgumentError('Expected kind:syncId=id, such as roles:editor=new.');
}

/** A reader whose complaint is shown beside the flag. */
function invalid<T>(read: (value: string[]) => T): (value: string) => T {
	return (value) => {
		try {
			return read(list(value));
		} catch (error) {
			throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
		}
	};
}
