// What the resolver needs to know of a file system. The node implementation stands in folderListing.node.ts.

export interface ListedFile {
  readonly name: string;
  readonly sizeInBytes: number;
  readonly isFolder: boolean;
}

export interface FolderListing {
  /** Entries of a folder; undefined when there is no such folder. */
  list(folder: string): Promise<readonly ListedFile[] | undefined>;
  /** Text of a file; undefined when it cannot be read or is no small plain file. */
  readText(path: string): Promise<string | undefined>;
}
