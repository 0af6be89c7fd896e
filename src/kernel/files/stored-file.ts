/** Where the bytes of a file are, as its row says. */
export interface StoredFile {
	id: string;
	storage: string;
	filename_disk: string | null;
	filename_download: string;
}
