import type { Position } from './text-place.js';

type KeyMap = Record<string, (() => void) | false>;

/** The editor within the Studio's code interface (CodeMirror 5), as far as it is used here. */
export interface CodeEditor {
	getValue(): string;
	getCursor(): Position;
	setCursor(position: Position): void;
	posFromIndex(index: number): Position;
	indexFromPos(position: Position): number;
	replaceRange(text: string, from: Position, to: Position): void;
	operation(change: () => void): void;
	cursorCoords(where: boolean | Position, mode: 'window'): { left: number; top: number; bottom: number };
	scrollIntoView(position: Position, margin: number): void;
	getInputField(): HTMLElement;
	focus(): void;
	hasFocus(): boolean;
	on(event: string, listener: (...given: never[]) => void): void;
	addKeyMap(keys: KeyMap): void;
	removeKeyMap(keys: KeyMap): void;
	/** From the lint add-on, which the Studio's CodeMirror includes. */
	performLint?(): void;
}

/** The editor under an element, as soon as the Studio has made it; the way to stop waiting is given back. */
export function whenEditor(under: HTMLElement, ready: (editor: CodeEditor) => void): () => void {
	const find = () => (under.querySelector('.CodeMirror') as (Element & { CodeMirror?: CodeEditor }) | null)?.CodeMirror;
	const observer = new MutationObserver(() => {
		const instance = find();
		if (!instance) return;
		observer.disconnect();
		// The Studio sets up its own part in the same breath.
		setTimeout(() => ready(instance), 0);
	});
	const instance = find();
	if (instance) ready(instance);
	else observer.observe(under, { childList: true, subtree: true });
	return () => observer.disconnect();
}
