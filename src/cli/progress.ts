import type { Terminal } from './terminal.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** In ms: often enough to look alive. */
const FRAME = 90;
/** In ms: a step that takes longer shows its seconds. */
const SHOW_SECONDS = 2_000;

/** One thing that takes a while. */
export interface Step {
	/** Says how far it is. */
	update(text: string): void;
	/** Ends it; without a text, nothing remains of it on a terminal. */
	done(text?: string): void;
	/** Ends it after a failure, without a text: the error is printed elsewhere. */
	stop(): void;
}

export interface Progress {
	start(text: string): Step;
	/** Shows a step while `work` runs, and ends it when that succeeds or fails. */
	during<T>(text: string, work: (step: Step) => Promise<T>, ending?: (result: T) => string): Promise<T>;
	/** Something worth knowing that is no error. */
	warn(text: string): void;
	note(text: string): void;
}

/** A spinner on a terminal; a line at the start and at the end of a step elsewhere; nothing but warnings if quiet. */
export function showProgress(terminal: Terminal, options: { quiet: boolean; live: boolean }): Progress {
	let current: { clear(): void; redraw(): void } | null = null;

	const line = (text: string) => {
		current?.clear();
		terminal.err(text);
		current?.redraw();
	};

	function start(text: string): Step {
		if (options.quiet) return { update() {}, done() {}, stop() {} };
		if (!options.live) return plain(text);
		return spinner(text);
	}

	function plain(text: string): Step {
		line(`${text} …`);
		return {
			update() {},
			done: (ending) => ending !== undefined && line(ending),
			stop() {},
		};
	}

	function spinner(first: string): Step {
		const began = Date.now();
		let [text, frame] = [first, 0];
		const draw = () => {
			const waited = Date.now() - began;
			const seconds = waited < SHOW_SECONDS ? '' : ` ${Math.floor(waited / 1000)} s`;
			const room = Math.max(10, terminal.width - seconds.length - 4);
			const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
			const sign = terminal.paintError('cyan', FRAMES[frame % FRAMES.length] ?? '');
			write(`\r\u001B[2K${sign} ${shown}${terminal.paintError('dim', seconds)}`);
		};
		const write = (raw: string) => terminal.live(raw);
		const timer = setInterval(() => {
			frame++;
			draw();
		}, FRAME);
		timer.unref();
		const clear = () => write('\r\u001B[2K');
		const end = () => {
			clearInterval(timer);
			clear();
			current = null;
		};
		current = { clear, redraw: draw };
		draw();
		return {
			update(next) {
				text = next;
				draw();
			},
			done(ending) {
				end();
				if (ending !== undefined) terminal.err(`${terminal.paintError('green', '✔')} ${ending}`);
			},
			stop: end,
		};
	}

	return {
		start,
		async during(text, work, ending) {
			const step = start(text);
			try {
				const result = await work(step);
				step.done(ending?.(result));
				return result;
			} catch (error) {
				step.stop();
				throw error;
			}
		},
		warn: (text) => line(`${terminal.paintError('yellow', 'Warning:')} ${text}`),
		note: (text) => !options.quiet && line(text),
	};
}
