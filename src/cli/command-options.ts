import { InvalidArgumentError, Option, type Command } from 'commander';
import { ELEMENT_KINDS } from '../contract/bundle.js';
import { FORBIDDEN } from '../config/core/plan/forbidden-steps.js';
import { DELIVERY_STATUSES, EVENTS } from '../contract/vocabulary.js';
import { readKinds, readPreservedKinds } from './kind-lists.js';
import { messageOf } from '../kernel/core/message-of.js';

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
	option('--dump-path <path>', 'folder of the configuration files (default: ./directus-config)'),
	option('--collections-path <path>', 'folder of the elements, in the dump folder (default: collections)'),
	option('--snapshot-path <path>', 'folder of the schema, in the dump folder (default: snapshot)'),
	option('-x, --exclude-collections <kinds>', 'kinds to leave out, separated by commas', invalid(readKinds)),
	option(
		'-o, --only-collections <kinds>',
		`the only kinds to include: ${ELEMENT_KINDS.join(', ')}`,
		invalid(readKinds),
	),
	option(
		'--exclude-tables <names>',
		'your collections to leave alone, separated by commas; * stands for any characters',
		list,
	),
	option('--no-collections', 'leave out all elements, include the schema only'),
	option('--no-snapshot', 'leave out the schema'),
	option('--no-extensions', 'leave out which extensions are enabled'),
	option('--no-split', 'write the schema to one file, not to one for each collection, field and relation'),
	option('--no-sync-policy-roles', 'leave out the roles that policies are attached to'),
];
export const SPECS = [
	option('--specs-path <path>', 'folder of the OpenAPI and GraphQL specifications (default: specs)'),
	option('--no-specs', 'leave out the specifications'),
];
export const PRESERVE_IDS = option(
	'--preserve-ids <kinds>',
	'kinds that keep their ids on the other instance; "all" for every kind that can',
	invalid(readPreservedKinds),
);
export const COMPARE = [
	PRESERVE_IDS,
	option('-f, --force', 'accepted without effect: files of another Directus version or database are always allowed'),
	option(
		'--mirror',
		'also delete elements that only the instance has and that were never synced (without it: only show them)',
	),
	option('--additive', 'delete nothing, only show deletions').conflicts('mirror'),
	option('--only-elements <kind:syncId...>', 'only these elements, such as roles:editor, and what they depend on'),
	option(
		'--choose <kind:syncId=id...>',
		'which element of the instance is meant, where there is doubt; "new" creates one',
		readChoice,
	),
	option('--from <url>', 'use the configuration of this instance instead of files'),
	option('--from-token <token>', 'access token for --from (environment: DIRECTUS_FROM_TOKEN)'),
	option('--plan-out <file>', 'write the plan to a file'),
];
export const KEEP_SECRETS = option(
	'--keep-secrets',
	'write credentials themselves, instead of ${SECRET:NAME}, which a push fills in from the environment',
);
export const WAIVE = option(
	'--waive <rule=why...>',
	`allow once what the environment forbids, with a reason; rules: ${FORBIDDEN.join(', ')}`,
	readWaiver,
);
export const RETRIES = option(
	'--max-push-retries <number>',
	'accepted without effect: one pass is enough',
	whole(0),
).hideHelp();
export const DESTRUCTIVE = option('--allow-destructive', 'allow deletions without asking');
export const LOSSES = [
	option('--allow-renames', 'allow the new names of collections and fields that "moved" names'),
	option(
		'--allow-data-loss [names]',
		'allow the loss of collections and fields that hold values: all, or those named',
		list,
	),
	option(
		'--max-deletions <number>',
		'how many elements of one kind may be deleted (default: 20, or a tenth of them)',
		whole(0),
	),
];
export const SEED = option('--seed-path <paths...>', 'folders or files of seeds (default: ./directus-config/seed)');
export const EXIT_CODE = option('--exit-code', 'exit with 2 if a push would change something');
export const EXIT_CODE_DRIFT = new Option(
	'--exit-code [what]',
	'exit with 2 if a push would change something; "drift": also if the instance has anything that the files lack',
).choices(['drift']);
export const FORMS = [
	option('--markdown', 'Markdown for a pull request: numbers and risks first, details folded'),
	option('--summary', 'only the numbers, and the steps that need attention'),
];
export const YES = option('--yes', 'do not ask for confirmation');
export const PAGES = [
	option('--limit <number>', 'how many to show (default: 25)', whole(1)),
	option('--page <number>', 'page to show (default: 1)', whole(1)),
];
export const EXPECT = [
	option('--expect <push>', 'push only if this is the last push (its id, or "none"), or the fingerprint of the plan'),
	option(
		'--abandon-broken-off',
		'push although an earlier push was broken off; that push can then be neither finished nor reverted',
	),
	YES,
];
export const SYNCED = option('--collection <collections>', 'only these collections, separated by commas');
export const CHOSEN = [
	option('--collection <collection>', 'the collection of the items'),
	option('--keys <keys>', 'the items, separated by commas', list),
	option('--filter <json>', 'the items that a Directus filter matches, in JSON'),
];
export const NO_WAIT = option('--no-wait', 'do not wait until everything has arrived');
export const FILTERS = [
	option('--target <target>', 'only of this target (id or name)'),
	option('--status <statuses>', `only with these statuses, separated by commas: ${DELIVERY_STATUSES.join(', ')}`),
	option('--collection <collection>', 'only of this collection'),
	option('--item <key>', 'only of this item'),
	option('--event <event>', `only of this event: ${EVENTS.join(', ')}`),
	option('--since <time>', 'only from this time on: ISO 8601, or ms since 1970'),
	option('--until <time>', 'only until this time'),
	option('--error <code>', 'only with this error code'),
	option('-q, --query <text>', 'only with this text in collection, item, reason or error'),
];

export function globalOptions(program: Command): void {
	program.optionsGroup('Options of every command:');
	for (const one of [
		option('-u, --directus-url <url>', 'address of the instance (environment: DIRECTUS_URL)'),
		option('-t, --directus-token <token>', 'access token of an admin (environment: DIRECTUS_TOKEN)'),
		option('-e, --directus-email <email>', 'email of an admin, instead of a token (environment: DIRECTUS_ADMIN_EMAIL)'),
		option(
			'-p, --directus-password <password>',
			'password for --directus-email (environment: DIRECTUS_ADMIN_PASSWORD)',
		),
		option('--env <name>', 'environment of the configuration file (environment variable: DOWNSTREAM_ENV)'),
		option(
			'-c, --config-path <file>',
			'configuration file (default: downstream.config.* or directus-sync.config.*, in this folder or above)',
		),
		option('--sort-json', 'sort the keys in the JSON files'),
		option('--json', 'print the result as JSON on stdout; everything else goes to stderr'),
		option('--no-progress', 'print plain lines instead of a spinner'),
		option('--color', 'use colours, also if the output is not a terminal'),
		option('--no-color', 'no colours'),
		option('--request-timeout <seconds>', 'how long to wait for an answer (default: 60; a push: 300)', whole(1)),
		option('-d, --debug', 'print every request, and where an error comes from'),
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

/** `roles:editor=4f9c…`, may be repeated. */
function readChoice(value: string, before: Record<string, string> | undefined): Record<string, string> {
	const [step = '', id = ''] = value.split(/=(.*)/s);
	if (step.includes(':') && id !== '') return { ...before, [step]: id };
	throw new InvalidArgumentError('Expected kind:syncId=id, such as roles:editor=new.');
}

/** `admin="until Friday"`, may be repeated. */
function readWaiver(value: string, before: Record<string, string> | undefined): Record<string, string> {
	const [rule = '', why = ''] = value.split(/=(.*)/s);
	if ((FORBIDDEN as readonly string[]).includes(rule) && why.trim() !== '') return { ...before, [rule]: why.trim() };
	throw new InvalidArgumentError(`Expected rule=why; the rules are ${FORBIDDEN.join(', ')}.`);
}

/** Reports what a reader refuses as an error of its flag. */
function invalid<T>(read: (value: string[]) => T): (value: string) => T {
	return (value) => {
		try {
			return read(list(value));
		} catch (error) {
			throw new InvalidArgumentError(messageOf(error));
		}
	};
}
