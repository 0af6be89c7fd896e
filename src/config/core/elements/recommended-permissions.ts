/** What a recommended permission allows: everything in the fields, or to whom and which. */
interface Recommended {
	fields?: string[];
	permissions: Record<string, unknown>;
}

const all: Recommended = { fields: ['*'], permissions: {} };
const own = (field: string, fields: string[]): Recommended => ({
	fields,
	permissions: { [field]: { _eq: '$CURRENT_USER' } },
});
const everything = { create: all, read: all, update: all, delete: all };

/**
 * The permissions that Directus recommends for people who use the app, by collection and action (`@directus/system-data`
 * of Directus 12.4). Without the licence for custom rules these are the only rules that it accepts.
 */
const RECOMMENDED: Record<string, Record<string, Recommended>> = {
	directus_comments: { read: all },
	directus_files: {
		create: all,
		read: all,
		update: own('uploaded_by', [
			'title',
			'description',
			'tags',
			'location',
			'folder',
			'focal_point_x',
			'focal_point_y',
			'filename_download',
		]),
		delete: own('uploaded_by', ['*']),
	},
	directus_dashboards: everything,
	directus_panels: everything,
	directus_folders: { create: all, read: all, update: all, delete: { permissions: {} } },
	directus_users: {
		read: all,
		update: own('id', [
			'first_name',
			'last_name',
			'email',
			'password',
			'location',
			'title',
			'description',
			'avatar',
			'language',
			'appearance',
			'theme_light',
			'theme_dark',
			'theme_light_overrides',
			'theme_dark_overrides',
			'tfa_secret',
		]),
	},
	directus_roles: { read: all },
	directus_shares: {
		read: { fields: ['*'], permissions: { _or: [{ role: { _eq: '$CURRENT_ROLE' } }, { role: { _null: true } }] } },
		create: all,
		update: own('user_created', [
			'name',
			'collection',
			'item',
			'role',
			'password',
			'date_start',
			'date_end',
			'max_uses',
			'times_used',
		]),
		delete: own('user_created', ['*']),
	},
	directus_flows: {
		read: {
			fields: ['id', 'status', 'name', 'icon', 'color', 'options', 'trigger'],
			permissions: { trigger: { _eq: 'manual' } },
		},
	},
};

/** What Directus recommends for this action on this collection, if anything. */
export const recommendedPermission = (collection: unknown, action: unknown): Recommended | undefined =>
	Object.hasOwn(RECOMMENDED, String(collection)) ? RECOMMENDED[String(collection)]?.[String(action)] : undefined;
