import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether what somebody brings is the secret; how long it takes tells nothing about how near they were. */
export function isSameSecret(given: string, secret: string): boolean {
	const digest = (value: string) => createHash('sha256').update(value).digest();
	return timingSafeEqual(digest(given), digest(secret));
}

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerOf(header: string | undefined): string | null {
	return /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? null;
}
