// A database's shape, taken from one origin and given to another with other rows in it.

export interface Shape {
  name: string;
  version: number;
  tables: { name: string; keyPath: string | string[]; indexes: { name: string; keyPath: string | string[] }[] }[];
}

/** What tables and indexes a database has. */
export async function shapeOf(factory: IDBFactory, name: string): Promise<Shape> {
  const database = await opened(factory.open(name));
  const transaction = database.transaction([...database.objectStoreNames]);
  const tables = [...database.objectStoreNames].map((table) => {
    const store = transaction.objectStore(table);
    const indexes = [...store.indexNames].map((index) => ({ name: index, keyPath: pathOf(store.index(index)) }));
    return { name: table, keyPath: pathOf(store), indexes };
  });
  const { version } = database;
  database.close();
  return { name, version, tables };
}

/** Makes a database of that shape with the given rows. */
export async function fill(
  factory: IDBFactory,
  shape: Shape,
  rows: ReadonlyMap<string, readonly object[]>,
): Promise<void> {
  const request = factory.open(shape.name, shape.version);
  request.onupgradeneeded = () => {
    for (const { name, keyPath, indexes } of shape.tables) {
      const store = request.result.createObjectStore(name, { keyPath });
      for (const index of indexes) store.createIndex(index.name, index.keyPath);
    }
  };
  const database = await opened(request);
  const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(new Error(String(transaction.error)));
  });
  for (const [table, all] of rows) for (const row of all) transaction.objectStore(table).put(row);
  await end;
  database.close();
}

function pathOf({ keyPath }: IDBObjectStore | IDBIndex): string | string[] {
  return typeof keyPath === 'string' ? keyPath : [...(keyPath ?? [])];
}

function opened(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}
