import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { plainPaint, type Paint } from '../kernel/core/paint.js';

/** Where text goes to; `process.stdout` is one. */
export interface Sink {
	write(text: string): unknown;
	isTTY?: boolean | undefined;
	columns?: number | undefined;
}

export interface Streams {
	stdin: NodeJS.ReadableStream & { isTTY?: boolean | undefined };
	stdout: Sink;
	stderr: Sink;
}

/** What a command may do with the terminal, or with what stands for one in CI. */
export interface Terminal {
	/** For results, on stdout. */
	out(text: string): void;
	/** For results that are passed on as they come in, on stdout. */
	raw(text: string): void;
	/** For everything else, on stderr. */
	err(text: string): void;
	/** On stderr as it is, for a line that is overwritten. */
	live(raw: string): void;
	/** Colours a text for stdout, or for stderr; leaves it as it is where there are no colours. */
	paint: Paint;
	paintError: Paint;
	/** Whether a person sits there who can be asked. */
	isInteractive: boolean;
	/** Whether a line on stderr can be overwritten. */
	isLive: boolean;
	/** Columns. */
	width: number;
	/** Asks on stderr; null where the person closed the input instead of answering. */
	ask(question: string): Promise<string | null>;
}

/**
 * @param wants what the options say: colours (null: as the streams and environment suggest), progress, JSON on stdout
 */
export function openTerminal(
	streams: Streams,
	environment: Record<string, string | undefined>,
	wants: { colour: boolean | null; progress: boolean; json: boolean },
): Terminal {
	const inCi = isSet(environment['CI']);
	const isInteractive = streams.stdin.isTTY === true && streams.stderr.isTTY === true && !inCi && !wants.json;
	const coloured = (sink: Sink) => wants.colour ?? hasColours(sink, environment);
	return {
		out: (text) => void streams.stdout.write(`${text}\n`),
		raw: (text) => void streams.stdout.write(text),
		err: (text) => void streams.stderr.write(`${text}\n`),
		live: (raw) => void streams.stderr.write(raw),
		paint: painter(coloured(streams.stdout)),
		paintError: painter(coloured(streams.stderr)),
		isInteractive,
		isLive: wants.progress && streams.stderr.isTTY === true && !inCi && environment['TERM'] !== 'dumb',
		width: streams.stderr.columns ?? streams.stdout.columns ?? 100,
		async ask(question) {
			const lines = createInterface({ input: streams.stdin, output: streams.stderr as NodeJS.WritableStream });
			try {
				return await new Promise<string | null>((resolve) => {
					lines.once('close', () => resolve(null));
					lines.once('SIGINT', () => resolve(null));
					lines.question(question).then(resolve, () => resolve(null));
				});
			} finally {
				lines.close();
			}
		},
	};
}

/** https://no-color.org and what most tools do beside it. */
function hasColours(sink: Sink, environment: Record<string, string | undefined>): boolean {
	if (isSet(environment['NO_COLOR'])) return false;
	if (environment['FORCE_COLOR'] !== undefined) return !['0', 'false'].includes(environment['FORCE_COLOR']);
	return sink.isTTY === true && environment['TERM'] !== 'dumb';
}

const isSet = (value: string | undefined) => value !== undefined && value !== '' && value !== 'false' && value !== '0';

function painter(colours: boolean): Paint {
	return colours ? (style, text) => styleText(style, text, { validateStream: false }) : plainPaint;
}
