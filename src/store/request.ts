// IndexedDB's events as promises. The commit and the first page of a list talk to IndexedDB directly, on the
// connection that Dexie opened: Dexie can set neither the durability of one transaction nor commit it early.

/** The result of one request. */
export function done<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result as T);
    };
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error ?? new DOMException('The request failed.', 'UnknownError'));
    };
  });
}

/**
 * Resolves once the transaction is committed; rejects with the reason once it is aborted. Who gave it up before that,
 * because a request of it failed, need not listen.
 */
export function committed(transaction: IDBTransaction): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError'));
    };
  });
  end.catch(() => undefined);
  return end;
}

/** Every key that begins with the given parts. An array sorts after every string, number and date. */
export function prefix(parts: readonly (string | number)[]): IDBKeyRange {
  return IDBKeyRange.bound([...parts], [...parts, []]);
}
