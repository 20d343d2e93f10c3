// What is asked for while it is under way is done once more, however often it was asked for.

export function onceMore(work: () => Promise<void>): () => Promise<void> {
  let busy = false;
  let again = false;
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      try {
        await work();
      } catch {
        // Whoever wants to know of it asks again.
      }
    }
    busy = false;
  };
}
