import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// Scroll bars take room, as they do on most desktops.
	'--disable-features=OverlayScrollbar',
];

/** Where the machine's browser is, or undefined. `DOWNSTREAM_CHROMIUM` names another. */
export const CHROMIUM = [process.env['DOWNSTREAM_CHROMIUM'] ?? '', ...PLACES].find((path) => existsSync(path));

/**
 * Opens the browser. To be closed by who asked for it.
 *
 * @throws Error that tells what to install where there is none
 */
export function openChromium(): Promise<Browser> {
	if (!CHROMIUM) throw new Error('There is no Chromium here: install it, or name it in DOWNSTREAM_CHROMIUM.');
	return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
