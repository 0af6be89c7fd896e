export const FILES = 'directus_files';

/** A file's bytes travel as their SHA-256, like the value of a field that no file has; the bytes follow by themselves. */
export const FILE_CONTENT = '$content';

/** Where the bytes of a file are kept: each instance has storages of its own, and chooses. */
export const FILE_STORAGE = 'storage';

/** The columns that tell whether the bytes are still those whose digest is known. */
export const CONTENT_COLUMNS = ['filename_disk', 'filesize', 'uploaded_on'] as const;
