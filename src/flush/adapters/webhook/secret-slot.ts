/** Where the API key goes in an address, a query value or a header. */
const SLOT = /\{\{-?\s*secret\s*-?\}\}/g;

/** Whether a text has a place for the secret. */
export const hasSlot = (text: string): boolean => text.search(SLOT) >= 0;

/** The text with the secret in its places. Done before anything else is filled in, so that no value can ask for it. */
export const fillSlots = (text: string, secret: string, encode: (secret: string) => string): string =>
	text.replace(SLOT, () => encode(secret));

/** The text before, between and after the slots: every other part is a slot. */
export const aroundSlots = (text: string): string[] => text.split(/(\{\{-?\s*secret\s*-?\}\})/);

/**
 * A secret within an address. What a path may hold stays as it is, since chats give their webhooks parts such as
 * `T000/B000/XXXX`; everything else is encoded, and both spellings are masked wherever requests are shown.
 */
export const inAddress = (secret: string): string =>
	/^[\w.~!$&'()*+,;=:@/-]+$/.test(secret) ? secret : encodeURIComponent(secret);
