/** A screenshot, and what was noted while it was taken. */
export interface Picture {
	/** Of the file, without `.png`. */
	name: string;
	page: string;
	state: string;
	look: string;
	notes: string[];
}

/** An HTML page that shows all screenshots, page by page and state by state, to be looked through in a browser. */
export function contactSheet(title: string, pictures: Picture[]): string {
	const byPage = Map.groupBy(pictures, ({ page }) => page);
	const sections = [...byPage].map(([page, ofPage]) => {
		const rows = [...Map.groupBy(ofPage, ({ state }) => state)].map(
			([state, ofState]) => `<h3>${escaped(state)}</h3><div class="row">${ofState.map(figure).join('')}</div>`,
		);
		return `<section id="${escaped(page)}"><h2>${escaped(page)}</h2>${rows.join('')}</section>`;
	});
	const links = [...byPage.keys()].map((page) => `<a href="#${escaped(page)}">${escaped(page)}</a>`);
	return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>
		body { font: 14px system-ui; margin: 24px; background: #888; color: #000 }
		nav { display: flex; gap: 12px; flex-wrap: wrap }
		.row { display: flex; gap: 16px; align-items: flex-start; overflow-x: auto }
		figure { margin: 0 } figcaption { padding: 4px 0 } img { height: 420px; border: 1px solid #444 }
		.notes { color: #700; font-weight: 600; max-width: 600px; white-space: pre-wrap }
	</style><h1>${escaped(title)}</h1><nav>${links.join('')}</nav>${sections.join('')}`;
}

function figure({ name, look, notes }: Picture): string {
	const said = notes.length > 0 ? `<div class="notes">${escaped(notes.join('\n'))}</div>` : '';
	const file = encodeURIComponent(`${name}.png`);
	return `<figure><figcaption>${escaped(look)}${said}</figcaption><a href="${file}"><img src="${file}" loading="lazy" alt=""></a></figure>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
