/**
 * Where an instance lives: what a copy of its database does not share with the original. A part that cannot be found out
 * is left out, and is not compared.
 */
export interface Place {
	/** The host name of the public URL. */
	host?: string;
	/** SQLite: the real path of the file, its inode, and when it was made (ms since 1970). */
	file?: { path: string; inode: string; born: number };
	/** PostgreSQL: the cluster's system identifier and the database's number in it. */
	cluster?: { system?: string; database: string };
	/** MySQL: the server's UUID, where it has one; its host, the schema, and when our first table was made. */
	server?: { uuid?: string; host: string; schema: string; made: string };
}

/**
 * What tells that this is another place than the known one; null where nothing does.
 *
 * What changes in everyday life does not count: a port or scheme, names of this machine, a file whose inode is unstable
 * (shared folders of virtual machines) but whose birth is the same, a MySQL server whose container got a new name.
 */
export function differenceOf(known: Place, current: Place): string | null {
	return fileDiffers(known.file, current.file) ?? clusterDiffers(known, current) ?? hostDiffers(known, current);
}

function fileDiffers(known: Place['file'], current: Place['file']): string | null {
	if (!known || !current) return null;
	if (known.path !== current.path) return `the database file was ${known.path} and is now ${current.path}`;
	const isSameFile = known.inode === current.inode || (known.born > 0 && known.born === current.born);
	return isSameFile ? null : `${current.path} is another file than before`;
}

function clusterDiffers(known: Place, current: Place): string | null {
	const [was, is] = [known.cluster, current.cluster];
	if (was && is) {
		if (was.system && is.system && was.system !== is.system) return 'the database is on another PostgreSQL server';
		if (was.database !== is.database) return 'it is another database of the PostgreSQL server';
	}
	const [before, now] = [known.server, current.server];
	if (before && now) {
		if (before.schema !== now.schema) return `the database was "${before.schema}" and is now "${now.schema}"`;
		if (before.uuid && now.uuid) return before.uuid === now.uuid ? null : 'the database is on another MySQL server';
		// Without a UUID (MariaDB) either of these changes by itself now and then: a container's name, a rebuilt table.
		if (before.host !== now.host && before.made !== now.made) return 'the database is on another MariaDB server';
	}
	// Moved from one kind of database to another.
	const kindOf = ({ file, cluster, server }: Place) =>
		file ? 'SQLite' : cluster ? 'PostgreSQL' : server ? 'MySQL' : null;
	const [from, to] = [kindOf(known), kindOf(current)];
	return from && to && from !== to ? `the database was on ${from} and is now on ${to}` : null;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?|0\.0\.0\.0)$/;

function hostDiffers({ host: known }: Place, { host: current }: Place): string | null {
	if (!known || !current || known === current) return null;
	if (LOOPBACK.test(known) && LOOPBACK.test(current)) return null;
	return `its public URL was at ${known} and is now at ${current}`;
}

/** The host name of a public URL; undefined where none is set, which says nothing about the place. */
export function hostOf(publicUrl: string): string | undefined {
	const host = URL.parse(publicUrl)?.hostname.toLowerCase();
	return host || undefined;
}
