import { transportFault, type TransportFault } from '../../../kernel/core/transport-errors.js';
import type { TestResult } from '../../endpoint/answers.js';

/** What somebody might do about a test that failed. */
export type Advice =
	'key' | 'address' | 'method' | 'redirect' | 'server' | 'name' | 'refused' | 'certificate' | 'slow' | 'denied';

/** The advice that fits an answer, or the lack of one; null where the message says it all. */
export function adviceFor({ response, error }: Pick<TestResult, 'response' | 'error'>): Advice | null {
	if (response) {
		const { status } = response;
		if (status === 401 || status === 403) return 'key';
		if (status === 404 || status === 410) return 'address';
		if (status === 405) return 'method';
		if (status >= 300 && status < 400) return 'redirect';
		return status >= 500 ? 'server' : null;
	}
	return ADVICE[transportFault(error?.code ?? '') ?? 'unknown'] ?? null;
}

const ADVICE: Partial<Record<TransportFault | 'unknown', Advice>> = {
	name: 'name',
	denied: 'denied',
	certificate: 'certificate',
	slow: 'slow',
	refused: 'refused',
	closed: 'refused',
};
