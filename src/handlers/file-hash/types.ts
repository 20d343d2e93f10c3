// What `file.hash` takes and gives, and its name. Imports nothing, so that a page may have it for free.

import type { FileRef } from '../../task/index.ts';

/** The registered name of the task type. */
export const FILE_HASH = 'file.hash';

export const HASH_ALGORITHMS = ['sha256', 'sha512', 'sha1', 'md5', 'blake3', 'xxhash64', 'crc32'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** Files, of any size, whose hashes are wanted. */
export interface FileHashInput {
  /** 1 to 20,000. */
  files: FileRef[];
  /** Default `sha256`. */
  algorithm?: HashAlgorithm | undefined;
  /** Whether to make a file of the hashes, in the form that `sha256sum -c` and its like take. Default: not. */
  checksumFile?: boolean | undefined;
}

export interface HashSuccess {
  ok: true;
  name: string;
  /** In bytes. */
  size: number;
  /** In hexadecimal digits. */
  hash: string;
}

export interface HashFailure {
  ok: false;
  name: string;
  code: 'file-missing';
  /** A sentence for a person: what is wrong, and what to do. */
  message: string;
}

/** What became of one file. Results stand in the order of the files. */
export type HashResult = HashSuccess | HashFailure;

export interface FileHashOutput {
  algorithm: HashAlgorithm;
  results: HashResult[];
  hashed: number;
  failed: number;
  /** `checksums.<algorithm>`, if it was asked for. */
  checksumFile: FileRef | null;
}
