import type { Page } from 'playwright-core';

/** A CodeMirror in the page, as far as it is written to here. */
export interface Editor {
	getValue(): string;
	posFromIndex(index: number): { line: number; ch: number };
	replaceRange(text: string, from: object, to: object): void;
	setCursor(at: object): void;
	focus(): void;
	undo(): void;
}

/** What is written in the JSON editor. */
export const written = (page: Page) =>
	page.evaluate(() =>
		(document.querySelector('.CodeMirror') as unknown as { CodeMirror: Editor }).CodeMirror.getValue(),
	);

/** Replaces a piece of what is in the JSON editor, as typing would. */
export const overwrite = (page: Page, piece: string, by: string) =>
	page.evaluate(
		([old, next]) => {
			const editor = (document.querySelector('.CodeMirror') as unknown as { CodeMirror: Editor }).CodeMirror;
			const from = editor.getValue().indexOf(old ?? '');
			const [start, end] = [editor.posFromIndex(from), editor.posFromIndex(from + (old ?? '').length)];
			editor.replaceRange(next ?? '', start, end);
		},
		[piece, by],
	);
