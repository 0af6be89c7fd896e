import { FLUSH_TARGETS, REMOTE_SOURCES, type TargetKind } from '../../../contract/vocabulary.js';
import { homeOf } from '../../shell/target-home.js';

/** What the pages of flush targets and remote sources do differently with the same document. */
export interface KindOfTarget {
	kind: TargetKind;
	/** Where its items are. */
	items: string;
	/** Which fields of them the page asks for. */
	fields: string;
	/** The list that the page belongs to. */
	home: string;
}

const PERSON = 'users_notification.directus_users_id';
const COMMON = `id,status,name,url,api_key,schema,options,date_created,date_updated,users_notification.id,${PERSON}.id,${PERSON}.first_name,${PERSON}.last_name,${PERSON}.email`;

/** Problems at these places are shown where it is said what is sent. */
export const IN_RULES = /^\/(schema|options\/(tags|collections|versions|at|check)\b)/;

export const FLUSH: KindOfTarget = {
	kind: 'flush',
	items: `/items/${FLUSH_TARGETS}`,
	fields: `${COMMON},adapter,auth_header,signing_secret`,
	home: homeOf('flush'),
};

export const SYNC: KindOfTarget = {
	kind: 'sync',
	items: `/items/${REMOTE_SOURCES}`,
	fields: COMMON,
	home: homeOf('sync'),
};
