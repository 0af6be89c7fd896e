/** Another instance did not give what it was asked for: why, for people. */
export class PeerError extends Error {
	readonly code: string;
	/** The status of its answer; null where none came. */
	readonly status: number | null;

	constructor(code: string, message: string, status: number | null) {
		super(message);
		[this.code, this.status] = [code, status];
	}
}
