/** What is in a file that somebody took for a bundle. */
export type ReadFile =
	| { bundle: Record<string, unknown> }
	/** `cut`: it ends in the middle; `no_json`, with the line; `plan`, `snapshot`, `other`: JSON of another kind. */
	| { problem: 'empty' | 'cut' | 'no_json' | 'plan' | 'snapshot' | 'other'; detail: string };

/** Whether the text of a file can be a bundle at all; what is wrong within it the endpoint says. */
export async function readBundleFile(text: string): Promise<ReadFile> {
	const { readJsonText } = await import('../../config/core/dump/json-text.js');
	const { value, problems } = readJsonText(text);
	const [problem] = problems;
	if (problem) {
		// Whatever it was cut in: a value, a key, or right behind one of them.
		const endsEarly = problem.message.includes('where the file ends') || !/[}\]]\s*$/.test(text);
		const isCut = problem.code === 'invalid_json' && endsEarly && /^\uFEFF?\s*[{[]/.test(text);
		const detail = [problem.path, problem.message].filter((part) => part !== '').join(', ');
		return { problem: problem.code === 'empty_file' ? 'empty' : isCut ? 'cut' : 'no_json', detail };
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'other', detail: '' };
	const content = value as Record<string, unknown>;
	// What the endpoint answers has an envelope around it.
	const { data } = content;
	if (typeof data === 'object' && data !== null && 'elements' in data)
		return { bundle: data as Record<string, unknown> };
	if ('elements' in content) return { bundle: content };
	if ('changes' in content || 'plan' in content) return { problem: 'plan', detail: '' };
	if ('collections' in content && 'fields' in content) return { problem: 'snapshot', detail: '' };
	return { problem: 'other', detail: '' };
}
