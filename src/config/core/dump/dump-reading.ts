import type { ConfigKind } from '../../../contract/bundle.js';
import type { DumpPlaces, Place } from './dump-choice.js';
import { readJsonText, type JsonText } from './json-text.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** The data of one file, and how to name a place in it. */
export interface ReadFile extends JsonText {
	file: string;
}

/** One reading of a dump: all its issues, not just the first, and the file of each element. */
export class DumpReading {
	/** What keeps the dump from being used. */
	readonly issues: ConfigIssue[] = [];
	/** What was left out of it, for good reason, but may surprise. */
	readonly warnings: ConfigIssue[] = [];
	private readonly places = new Map<string, { read: ReadFile; path: string }>();

	readonly files: ReadonlyMap<string, string>;

	constructor(files: ReadonlyMap<string, string>) {
		this.files = files;
	}

	/** The data of a file; null where it is missing or cannot be read, which is said. */
	open(file: string, missing: { message: string; suggestion: string }): ReadFile | null {
		const text = this.files.get(file);
		if (text === undefined) {
			this.issues.push({ file, path: '', code: 'missing_file', ...missing });
			return null;
		}
		const read: ReadFile = { file, ...readJsonText(text) };
		for (const { path, code, message, suggestion } of read.problems) {
			this.issues.push({ file, path, code, message, suggestion });
		}
		return read.value === undefined ? null : read;
	}

	/** Something wrong at a place of a file; its line is added to the message. */
	wrong(read: ReadFile, path: string, issue: { code: string; message: string; suggestion?: string | undefined }): void {
		this.issues.push(atLine(read, path, issue));
	}

	warn(read: ReadFile, path: string, issue: { code: string; message: string; suggestion?: string | undefined }): void {
		this.warnings.push(atLine(read, path, issue));
	}

	/** Remembers where a part of the bundle is. Returns where the same was before, if it was. */
	keep(kind: ConfigKind, name: string, read: ReadFile, path: string): Place | null {
		const known = this.placeOf(kind, name);
		if (!known) this.places.set(`${kind}:${name}`, { read, path });
		return known;
	}

	placeOf(kind: ConfigKind, name: string): Place | null {
		const position = this.places.get(`${kind}:${name}`);
		return position
			? { file: position.read.file, path: position.path, line: position.read.lineOf(position.path) }
			: null;
	}

	whereThingsAre(): DumpPlaces {
		return {
			of: (kind, name) => this.placeOf(kind, name),
			locate: (issue) => {
				if (issue.file !== null) return issue;
				// A name may hold slashes itself: the longest one that is known is meant.
				for (let end = issue.path.length; end > 0; end = issue.path.lastIndexOf('/', end - 1)) {
					const position = this.places.get(issue.path.slice(0, end));
					if (!position) continue;
					const path = `${position.path}${issue.path.slice(end)}`;
					return { ...issue, file: position.read.file, path, message: withLine(position.read, path, issue.message) };
				}
				return issue;
			},
		};
	}
}

const withLine = (read: ReadFile, path: string, message: string): string => `line ${read.lineOf(path)}: ${message}`;

function atLine(
	read: ReadFile,
	path: string,
	{ code, message, suggestion }: { code: string; message: string; suggestion?: string | undefined },
): ConfigIssue {
	return { file: read.file, path, code, message: withLine(read, path, message), suggestion };
}

/** What a value is, for a person who expected something else. */
export function nameOfType(value: unknown): string {
	if (value === null || value === undefined) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
