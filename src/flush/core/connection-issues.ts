import { X509Certificate } from 'node:crypto';
import type { Issue } from '../../contract/issue.js';
import { certificatesIn } from '../../kernel/core/certificates.js';
import type { FlushOptions } from '../../../schema.js';

/** What of a target's way to its server cannot work; its shape is right already. */
export function connectionIssues({ connection }: Pick<FlushOptions, 'connection'>): Issue[] {
	const { ca } = connection ?? {};
	if (ca === undefined) return [];
	const certificates = certificatesIn(ca);
	if (certificates.length > 0 && certificates.every(isReadable)) return [];
	const message =
		'expected certificates as PEM text, from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----", that can be read';
	return [{ path: '/options/connection/ca', code: 'invalid_certificate', message }];
}

function isReadable(pem: string): boolean {
	try {
		return new X509Certificate(pem).fingerprint256 !== '';
	} catch {
		return false;
	}
}
