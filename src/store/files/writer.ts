// Writes a file of OPFS from its beginning: by a sync access handle where the realm has one, else by a stream, as in a
// service worker.

/** Takes a file's content piece by piece; it is there once `close` resolves. */
export interface FileWriter {
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** Sees everything onto the disk. */
  close(): void | Promise<void>;
  /** Lets go of the file, whatever is in it. */
  abandon(): void | Promise<void>;
}

export async function writerOf(handle: FileSystemFileHandle): Promise<FileWriter> {
  if (!('createSyncAccessHandle' in handle)) return streamed(await (handle as FileSystemFileHandle).createWritable());
  const access = await handle.createSyncAccessHandle();
  try {
    access.truncate(0);
  } catch (error) {
    access.close();
    throw error;
  }
  let size = 0;
  return {
    write: (bytes) => {
      const written = access.write(bytes, { at: size });
      if (written < bytes.byteLength) throw new DOMException('The disk is full.', 'QuotaExceededError');
      size += written;
    },
    close: () => {
      access.flush();
      access.close();
    },
    abandon: () => {
      access.close();
    },
  };
}

function streamed(stream: FileSystemWritableFileStream): FileWriter {
  return {
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
    abandon: () => stream.abort().catch(() => undefined),
  };
}
