import type { Page } from 'playwright-core';

/** What may be wider than its place, because it is read like that: code, and what says so by `data-scrolls`. */
const MAY_SCROLL = 'pre, code, textarea, input, .CodeMirror, .CodeMirror *, [data-scrolls], [data-scrolls] *';

/**
 * What does not fit into a page's width: elements that can be scrolled sideways, and elements of which a part cannot be
 * seen (a column beyond the edge, a head of a column that is cut). Text that ends in an ellipsis on purpose is fine.
 */
export function sideways(page: Page): Promise<string[]> {
	return page.evaluate((mayScroll) => {
		const found: string[] = [];
		const name = (element: Element) => {
			const classes = [...element.classList].filter((part) => !part.startsWith('data-v-')).join('.');
			const test = element.closest('[data-test]')?.getAttribute('data-test');
			const text = (element.textContent ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40);
			return `${element.tagName.toLowerCase()}${classes ? `.${classes}` : ''}${test ? ` in [${test}]` : ''} "${text}"`;
		};
		const excess = document.documentElement.scrollWidth - window.innerWidth;
		if (excess > 1) found.push(`the document is ${excess} px too wide`);

		const roots = document.querySelectorAll('#main-content, #dialog-outlet, #module-navigation');
		const all = [...roots].flatMap((root) => [root, ...root.querySelectorAll('*')]);
		const shown = all.filter((element) => {
			const { width, height } = element.getBoundingClientRect();
			// What only screen readers are told is a pixel large.
			return width > 2 && height > 2 && !element.matches(mayScroll) && !element.closest('svg, .skip-menu');
		});
		for (const element of shown) {
			const { overflowX } = getComputedStyle(element);
			const over = element.scrollWidth - element.clientWidth;
			if (['auto', 'scroll'].includes(overflowX) && over > 1 && element.clientWidth > 0)
				found.push(`${name(element)} scrolls sideways by ${over} px`);
		}

		const cut: Element[] = [];
		for (const element of shown) {
			if (cut.some((outer) => outer.contains(element))) continue;
			const { left, right } = element.getBoundingClientRect();
			let clip = { left: 0, right: window.innerWidth };
			let by = 'the window';
			for (let outer = element.parentElement; outer; outer = outer.parentElement) {
				const style = getComputedStyle(outer);
				if (style.textOverflow === 'ellipsis') break;
				if (style.overflowX === 'visible') continue;
				const edges = outer.getBoundingClientRect();
				if (edges.width <= 2) break;
				if (edges.left > clip.left || edges.right < clip.right) by = name(outer);
				clip = { left: Math.max(clip.left, edges.left), right: Math.min(clip.right, edges.right) };
			}
			const beyond = Math.max(right - clip.right, clip.left - left);
			if (beyond <= 1.5) continue;
			cut.push(element);
			found.push(`${name(element)} is cut by ${Math.round(beyond)} px at the edge of ${by.slice(0, 60)}`);
		}

		for (const head of document.querySelectorAll('#main-content th')) {
			const text = [...head.querySelectorAll('*')].find(
				(part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0,
			);
			if (text && (head.textContent ?? '').trim() !== '') found.push(`the column head ${name(head)} is too narrow`);
		}
		return found;
	}, MAY_SCROLL);
}
