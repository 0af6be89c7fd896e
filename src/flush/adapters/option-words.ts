/** What several adapters say of `map_tags` and of `base_url`, in other languages than English. */
export const mapTagsIn = {
	'nl-NL':
		'Stuurt tags in kleine letters, met "-" voor elk teken behalve a-z, 0-9, ".", "_" en "-": zo nemen alle CDN’s ze aan. Uit: zoals de regel ze schrijft, voor pagina’s die zulke tags al hebben.',
	'fr-FR':
		'Envoie les tags en minuscules, avec « - » à la place de tout caractère sauf a-z, 0-9, « . », « _ » et « - » : tous les CDN les acceptent ainsi. Désactivé : tels que la règle les écrit, pour des pages qui portent déjà de tels tags.',
	'de-DE':
		'Sendet Tags in Kleinbuchstaben, mit „-“ anstelle jedes Zeichens außer a-z, 0-9, „.“, „_“ und „-“: So nehmen alle CDNs sie an. Aus: wie die Regel sie schreibt, für Seiten, die solche Tags schon tragen.',
};

export const baseUrlIn = {
	'nl-NL': (api: string) => `Waar ${api} antwoordt. Alleen te wijzigen voor een proxy of een test.`,
	'fr-FR': (api: string) => `Où répond ${api}. À changer seulement pour un proxy ou un test.`,
	'de-DE': (api: string) => `Wo ${api} antwortet. Nur für einen Proxy oder einen Test zu ändern.`,
};
