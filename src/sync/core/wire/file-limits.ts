import type { Refusal } from './permitted-change.js';

/** What Directus lets people upload here. */
export interface FileLimits {
	/** Patterns of content types (`FILES_MIME_TYPE_ALLOW_LIST`). */
	types: readonly string[];
	/** In bytes (`FILES_MAX_UPLOAD_SIZE`); null where there is none. */
	size: number | null;
}

const UNITS = ['b', 'kb', 'mb', 'gb', 'tb', 'pb'];

/** A size as Directus' settings have it, such as `10mb`, in bytes; null where it says none. */
export function bytesIn(text: string | undefined): number | null {
	const [, number, unit = 'b'] = /^([0-9]+(?:\.[0-9]+)?) ?([a-z]{1,2})?$/i.exec(text?.trim() ?? '') ?? [];
	const power = UNITS.indexOf(unit.toLowerCase());
	return number === undefined || power < 0 ? null : Math.floor(Number(number) * 1024 ** power);
}

/** What Directus' settings say of files: where they are kept, also while they arrive, and which are. */
export const fileSettings = (settings: {
	STORAGE_LOCATIONS: readonly string[];
	TEMP_PATH: string;
	FILES_MIME_TYPE_ALLOW_LIST: readonly string[];
	FILES_MAX_UPLOAD_SIZE?: string | undefined;
}): { storage: string; temporary: string; fileLimits: FileLimits } => ({
	storage: settings.STORAGE_LOCATIONS[0] ?? 'local',
	temporary: settings.TEMP_PATH,
	fileLimits: { types: settings.FILES_MIME_TYPE_ALLOW_LIST, size: bytesIn(settings.FILES_MAX_UPLOAD_SIZE) },
});

/** A type without a name is what Directus stores it as. */
const UNNAMED = 'application/octet-stream';

/** Why a file of this type, or of this many bytes, is not kept here; null where it is, as far as is known of it. */
export function refusedFile({ type, size }: { type?: unknown; size?: unknown }, limits: FileLimits): Refusal | null {
	const name = typeof type === 'string' && type !== '' ? type : UNNAMED;
	if (type !== undefined && !limits.types.some((pattern) => isOfType(name, pattern)))
		return {
			code: 'FILE_TYPE_NOT_ALLOWED',
			message: `files of the type ${name.slice(0, 100)} are not taken here: FILES_MIME_TYPE_ALLOW_LIST names ${limits.types.join(', ')}`,
		};
	const bytes = Number(size ?? 0);
	if (limits.size === null || !(bytes > limits.size)) return null;
	const message = `a file of ${bytes} bytes is not taken here: FILES_MAX_UPLOAD_SIZE is ${limits.size} bytes`;
	return { code: 'FILE_TOO_LARGE', message };
}

/** As Directus' patterns are read: `*` is any part up to a slash, `?` one character, `{a,b}` either. */
function isOfType(type: string, pattern: string): boolean {
	const expression = pattern
		.replace(/[.+^$()|[\]\\]/g, '\\$&')
		.replaceAll('*', '[^/]*')
		.replaceAll('?', '[^/]')
		.replaceAll('{', '(?:')
		.replaceAll('}', ')')
		.replaceAll(',', '|');
	try {
		return new RegExp(`^(?:${expression})$`).test(type);
	} catch {
		return false;
	}
}
