import { join, relative } from 'node:path';
import type { Bundle } from '../contract/bundle.js';
import type { DumpChoice } from '../config/core/dump/dump-choice.js';
import { elementFile } from '../config/core/dump/element-files.js';
import {
	takeOutSecrets,
	tellSecrets,
	type SecretPlace,
	type WithoutSecrets,
} from '../config/core/secrets/take-out-secrets.js';
import type { CommandContext } from './command.js';
import { count } from '../kernel/core/count.js';

/** How many places are shown; the rest is counted. */
const SHOWN = 10;

/** A credential of an instance, and where it would be in the files. */
export interface SecretInFile extends SecretPlace {
	/** Within the dump. */
	file: string;
}

export const secretInFile = (place: SecretPlace, choice: DumpChoice): SecretInFile => ({
	...place,
	file: elementFile(place.kind, choice),
});

/** The bundle for the files: without credentials, unless `--keep-secrets` was given. */
export function secretsOut(
	{ options, secret }: Pick<CommandContext, 'options' | 'secret'>,
	bundle: Bundle,
	former: Bundle['elements'],
): WithoutSecrets {
	return options.keepSecrets ? { bundle, places: tellSecrets(bundle) } : takeOutSecrets(bundle, former, secret);
}

/** Says which credentials the files refer to, and which they contain. */
export function warnOfSecrets(
	credentials: readonly SecretInFile[],
	{ options, folder, progress }: Pick<CommandContext, 'options' | 'folder' | 'progress'>,
): void {
	const line = ({ file, name, path, secrets }: SecretInFile) =>
		`  ${relative(folder, join(options.dumpPath, file))} "${name}" ${path}${secrets.map((secret) => ` → ${secret}`).join(',')}`;
	const lines = (some: readonly SecretInFile[]) => [
		...some.slice(0, SHOWN).map(line),
		...(some.length > SHOWN ? [`  … and ${some.length - SHOWN} more; --json lists all.`] : []),
	];
	const [replaced, left] = [
		credentials.filter(({ secrets }) => secrets.length > 0),
		credentials.filter((secretInFile) => secretInFile.secrets.length === 0),
	];
	if (replaced.length > 0)
		progress.warn(
			[
				`${count(replaced.length, 'credential')} ${replaced.length === 1 ? 'was' : 'were'} replaced by ${replaced.length === 1 ? 'a reference' : 'references'}; a push to another instance needs ${replaced.length === 1 ? 'it' : 'them'} in the environment, or in .env:`,
				...lines(replaced),
			].join('\n'),
		);
	if (left.length > 0)
		progress.warn(
			[
				`${count(left.length, 'value')} that ${left.length === 1 ? 'looks' : 'look'} like a credential ${left.length === 1 ? 'is' : 'are'} in the files as ${left.length === 1 ? 'it is' : 'they are'}:`,
				...lines(left),
			].join('\n'),
		);
}
