/** Bytes that were not taken in, and what to do about it. */
export class BytesRefused extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		[this.status, this.code] = [status, code];
	}
}
