// What lies in an origin's private file system: folders and files, without the handles through which realms see them.

/** Changes of a file since its last flush, the newest last: a power cut takes them back. */
type Undo = () => void;

export class FileNode {
  #bytes = new Uint8Array(256);
  #size = 0;
  #unflushed: Undo[] = [];
  lastModified: number;
  /** A sync access handle, or a writable, has it open. */
  isOpen = false;

  constructor(now: number) {
    this.lastModified = now;
  }

  get size(): number {
    return this.#size;
  }

  /** A copy of its bytes. */
  content(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size);
  }

  write(bytes: Uint8Array, at: number, now: number): void {
    this.#remember(at);
    const end = at + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    if (at > this.#size) this.#bytes.fill(0, this.#size, at);
    this.#bytes.set(bytes, at);
    this.#size = Math.max(this.#size, end);
    this.lastModified = now;
  }

  truncate(size: number, now: number): void {
    this.#remember(Math.min(size, this.#size));
    if (size > this.#size) this.write(new Uint8Array(size - this.#size), this.#size, now);
    this.#size = size;
    this.lastModified = now;
  }

  flush(): void {
    this.#unflushed = [];
  }

  /** The power goes: what was not flushed is gone. */
  cutPower(): void {
    for (const undo of this.#unflushed.reverse()) undo();
    this.#unflushed = [];
  }

  #remember(from: number): void {
    const size = this.#size;
    const overwritten = this.#bytes.slice(from, size);
    this.#unflushed.push(() => {
      this.#bytes.set(overwritten, from);
      this.#size = size;
    });
  }
}

export class FolderNode {
  readonly entries = new Map<string, FileNode | FolderNode>();

  /** A folder or file by its path, or `undefined`. */
  find(path: string): FileNode | FolderNode | undefined {
    const [name = '', ...rest] = path.split('/');
    const entry = this.entries.get(name);
    return rest.length === 0 || !(entry instanceof FolderNode) ? entry : entry.find(rest.join('/'));
  }

  /** Every file below, with its path. */
  *files(): Generator<[path: string, file: FileNode]> {
    for (const [name, entry] of this.entries) {
      if (entry instanceof FileNode) yield [name, entry];
      else for (const [path, file] of entry.files()) yield [`${name}/${path}`, file];
    }
  }

  /** A folder by its path; it is made where it is not there. */
  folder(path: string): FolderNode {
    const [name = '', ...rest] = path.split('/');
    const there = this.entries.get(name);
    const folder = there instanceof FolderNode ? there : new FolderNode();
    this.entries.set(name, folder);
    return rest.length === 0 ? folder : folder.folder(rest.join('/'));
  }

  /** Puts a file with the given bytes, in place of any other. */
  put(path: string, bytes: Uint8Array, now: number): void {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const file = new FileNode(now);
    file.write(bytes, 0, now);
    file.flush();
    (parts.length === 0 ? this : this.folder(parts.join('/'))).entries.set(name, file);
  }
}
