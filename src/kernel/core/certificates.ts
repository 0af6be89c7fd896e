/** The certificates in PEM text, each in lines as they have to be: a form may have made one line of all. */
export const certificatesIn = (text: string): string[] =>
	[...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g)].map(
		([, content = '']) =>
			`-----BEGIN CERTIFICATE-----\n${(content.replace(/\s+/g, '').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
	);
