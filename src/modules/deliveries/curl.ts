import type { WireRequest } from '../endpoint/answers.js';

/** What curl writes by itself, and would be wrong as soon as anything else is changed. */
const BY_ITSELF = ['content-length', 'host', 'connection', 'transfer-encoding'];

/**
 * The request as a command for a POSIX shell. Masked headers stay masked: fill in the secrets before you run it. A body
 * is sent as it is shown, so one that was cut stays cut.
 */
export function asCurl({ method, url, headers, body }: WireRequest): string {
	const parts = [`curl -X ${quote(method)} ${quote(url)}`];
	for (const [name, value] of Object.entries(headers)) {
		if (BY_ITSELF.includes(name.toLowerCase())) continue;
		// With a colon and nothing behind it, curl would leave the header out.
		parts.push(`-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`);
	}
	// A leading "@" would name a file for any other option than this.
	if (body !== null && body !== '') parts.push(`--data-raw ${quote(body)}`);
	return parts.join(' \\\n  ');
}

/** One word of a shell, whatever is in it. */
function quote(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
