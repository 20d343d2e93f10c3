// The origin private file system as a realm sees it. Every call is counted and may fail, or be the realm's last.

import type { Realm } from '../realm.ts';
import { access } from './access.ts';
import { FileNode, FolderNode } from './disk.ts';
import type { Meter } from './meter.ts';

/** Whose handles these are. */
export interface View {
  realm: Realm;
  meter: Meter;
  /** Whether files can be written at once, as in a dedicated worker. */
  isSync: boolean;
}

type Create = { create?: boolean } | undefined;

export class FolderHandle {
  readonly kind = 'directory';
  readonly name: string;
  readonly #node: FolderNode;
  readonly #view: View;
  readonly #path: string;

  constructor(node: FolderNode, path: string, view: View) {
    this.#node = node;
    this.#path = path;
    this.name = path.split('/').pop() ?? '';
    this.#view = view;
  }

  getDirectoryHandle(name: string, options?: Create): Promise<FolderHandle> {
    return this.#entry(name, options, () => new FolderNode()).then((entry) => {
      if (!(entry instanceof FolderNode)) throw mismatch(name);
      return new FolderHandle(entry, this.#below(name), this.#view);
    });
  }

  getFileHandle(name: string, options?: Create): Promise<FileHandle> {
    const made = () => new FileNode(this.#view.realm.home.scheduler.now);
    return this.#entry(name, options, made).then((entry) => {
      if (!(entry instanceof FileNode)) throw mismatch(name);
      return fileHandle(entry, this.#below(name), this.#view);
    });
  }

  removeEntry(name: string, { recursive = false }: { recursive?: boolean } = {}): Promise<void> {
    return act(this.#view, `remove ${this.#below(name)}`, true, () => {
      const entry = this.#node.entries.get(name);
      if (entry === undefined) throw missing(name);
      const files = entry instanceof FileNode ? [entry] : [...entry.files()].map(([, file]) => file);
      if (files.some((file) => file.isOpen)) throw busy(name);
      if (entry instanceof FolderNode && entry.entries.size > 0 && !recursive)
        throw new DOMException(`${name} is not empty.`, 'InvalidModificationError');
      this.#node.entries.delete(name);
    });
  }

  async *entries(): AsyncGenerator<[string, FolderHandle | FileHandle]> {
    const entries = await act(this.#view, `list ${this.#path}`, false, () => [...this.#node.entries]);
    for (const [name, node] of entries) {
      const path = this.#below(name);
      yield [name, node instanceof FileNode ? fileHandle(node, path, this.#view) : this.#folder(node, path)];
    }
  }

  async *keys(): AsyncGenerator<string> {
    for await (const [name] of this.entries()) yield name;
  }

  async *values(): AsyncGenerator<FolderHandle | FileHandle> {
    for await (const [, handle] of this.entries()) yield handle;
  }

  #folder(node: FolderNode, path: string): FolderHandle {
    return new FolderHandle(node, path, this.#view);
  }

  #entry(name: string, options: Create, make: () => FileNode | FolderNode): Promise<FileNode | FolderNode> {
    const isNew = options?.create === true && !this.#node.entries.has(name);
    return act(this.#view, `${isNew ? 'make' : 'get'} ${this.#below(name)}`, isNew, () => {
      if (name === '' || name === '.' || name === '..' || name.includes('/'))
        throw new TypeError('Name is not allowed.');
      const entry = this.#node.entries.get(name) ?? (options?.create === true ? make() : undefined);
      if (entry === undefined) throw missing(name);
      this.#node.entries.set(name, entry);
      return entry;
    });
  }

  #below(name: string): string {
    return this.#path === '' ? name : `${this.#path}/${name}`;
  }
}

export class FileHandle {
  readonly kind = 'file';
  readonly name: string;
  readonly #node: FileNode;
  readonly #path: string;
  readonly #view: View;

  constructor(node: FileNode, path: string, view: View) {
    this.#node = node;
    this.#path = path;
    this.name = path.split('/').pop() ?? '';
    this.#view = view;
  }

  getFile(): Promise<File> {
    return act(this.#view, `read ${this.#path}`, false, () => new KeptFile(this.#node, this.name));
  }

  /** Takes what is written all at once, when it is closed. */
  createWritable({ keepExistingData = false } = {}) {
    return act(this.#view, `open ${this.#path}`, false, () => {
      const draft = new FileNode(0);
      if (keepExistingData) draft.write(this.#node.content(), 0, 0);
      return {
        write: async (chunk: Uint8Array | ArrayBuffer | string) => {
          const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : new Uint8Array(chunk);
          await act(this.#view, `write ${this.#path}`, true, () => draft.write(bytes, draft.size, 0));
        },
        close: () =>
          act(this.#view, `close ${this.#path}`, true, () => {
            const { now } = this.#view.realm.home.scheduler;
            this.#node.truncate(0, now);
            this.#node.write(draft.content(), 0, now);
            this.#node.flush();
          }),
        abort: () => Promise.resolve(),
      };
    });
  }
}

class SyncFileHandle extends FileHandle {
  readonly createSyncAccessHandle: () => Promise<ReturnType<typeof access>>;

  constructor(node: FileNode, path: string, view: View) {
    super(node, path, view);
    this.createSyncAccessHandle = () =>
      act(view, `open ${path}`, false, () => {
        if (node.isOpen) throw busy(this.name);
        return access(node, path, view);
      });
  }
}

function fileHandle(node: FileNode, path: string, view: View): FileHandle {
  return view.isSync ? new SyncFileHandle(node, path, view) : new FileHandle(node, path, view);
}

/** A file as it was when it was asked for; reading it takes no turn of the real world's. */
class KeptFile extends File {
  readonly #content: Uint8Array<ArrayBuffer>;

  constructor(node: FileNode, name: string) {
    const content = node.content();
    super([content], name, { lastModified: node.lastModified });
    this.#content = content;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#content.slice().buffer);
  }

  override text(): Promise<string> {
    return Promise.resolve(new TextDecoder().decode(this.#content));
  }
}

function act<T>({ realm, meter }: View, what: string, changes: boolean, does: () => T): Promise<T> {
  return realm.later(() => {
    const verdict = meter.use(realm, 'files', what, changes);
    if (verdict.kind === 'fail') throw verdict.error;
    if (verdict.kind === 'dead' && !(changes && verdict.lands === 'all')) return undefined as T;
    return does();
  });
}

function missing(name: string): DOMException {
  return new DOMException(`${name} is not there.`, 'NotFoundError');
}

function mismatch(name: string): DOMException {
  return new DOMException(`${name} is of another kind.`, 'TypeMismatchError');
}

function busy(name: string): DOMException {
  return new DOMException(`${name} is open.`, 'NoModificationAllowedError');
}
