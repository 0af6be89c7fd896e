import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether what a request brings is the secret; how long that takes does not tell how near it was. */
export function isSameSecret(given: string, secret: string): boolean {
	const digest = (value: string) => createHash('sha256').update(value).digest();
	return timingSafeEqual(digest(given), digest(secret));
}

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerOf(header: string | undefined): string | null {
	return /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? null;
}
