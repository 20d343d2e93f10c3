// A task's context in memory: enough to drive a definition without an engine.

import {
  type ArtifactContent,
  ErrandError,
  type FileRef,
  type ItemContext,
  type TaskContext,
  type TaskDefinition,
} from '../../../src/task/index.ts';

export interface FakeTask {
  /** Keeps a file as if a payload had brought it. */
  keep(file: File): FileRef;
  /** A reference to a file that is not there. */
  missing(name: string): FileRef;
  /** The bytes of a kept file or an artifact. */
  bytes(file: FileRef): Promise<Uint8Array<ArrayBuffer>>;
  blob(file: FileRef): Blob;
  run<Input, Output>(definition: TaskDefinition<Input, Output>, input: Input): Promise<Output>;
  readonly artifactNames: string[];
  readonly progress: (string | undefined)[];
  readonly abort: AbortController;
  /** Thrown by the next artifact. */
  failArtifacts?: Error;
}

export function fakeTask(): FakeTask {
  const files = new Map<string, File>();
  const refOf = (id: string, { name, type, size, lastModified }: File): FileRef => ({
    $type: 'file',
    id,
    name,
    type,
    size,
    lastModified,
  });
  const keep = (id: string, file: File): FileRef => {
    files.set(id, file);
    return refOf(id, file);
  };
  const fileOf = (ref: FileRef): File => {
    const file = files.get(ref.id);
    if (file === undefined) throw new ErrandError('file-missing');
    return file;
  };
  const task: FakeTask = {
    artifactNames: [],
    progress: [],
    abort: new AbortController(),
    keep: (file) => keep(`in-${files.size}`, file),
    missing: (name) => refOf('gone', new File([], name)),
    bytes: async (ref) => new Uint8Array(await fileOf(ref).arrayBuffer()),
    blob: fileOf,
    async run<Input, Output>(definition: TaskDefinition<Input, Output>, input: Input): Promise<Output> {
      return (await definition.run(input, contextOf(definition))) as Output;
    },
  };

  const open = (ref: FileRef): Promise<File> => Promise.resolve().then(() => fileOf(ref));
  const artifact = async (name: string, content: ArtifactContent): Promise<FileRef> => {
    if (task.failArtifacts !== undefined) throw task.failArtifacts;
    task.artifactNames.push(name);
    const blob = content instanceof Blob ? content : await new Response(content).blob();
    return keep(`out-${name}`, new File([blob], name, { type: blob.type, lastModified: 1_700_000_000_000 }));
  };

  function contextOf(definition: Pick<TaskDefinition, 'items'>): TaskContext {
    const { signal } = task.abort;
    const itemContext = (index: number): ItemContext => ({ signal, index, open, artifact });
    const mapped = async (handler: string, items: readonly unknown[], options: unknown): Promise<unknown[]> => {
      const work = definition.items[handler];
      if (work === undefined) throw new Error(`no item handler ${handler}`);
      const results: unknown[] = [];
      for (const [index, item] of items.entries()) results.push(await work(item, options, itemContext(index)));
      return results;
    };
    return {
      taskId: 'task',
      runIndex: 0,
      attempt: 1,
      idempotencyKey: 'key',
      signal,
      dependencies: [],
      heartbeat: () => undefined,
      sleep: () => Promise.resolve(),
      waitForEvent: () => Promise.resolve(undefined),
      sendEvent: () => Promise.resolve(0),
      child: () => Promise.resolve({ id: 'child' }),
      progress: (_percent, message) => void task.progress.push(message),
      log: () => undefined,
      step: async (_name, work) => work({ idempotencyKey: 'key', signal }),
      map: mapped,
      artifact,
      open,
    };
  }
  return task;
}
