// What notifications say.

export const NOTIFICATION = {
  completed: (name: string) => `${name}: done`,
  failed: (name: string) => `${name}: failed`,
  many: (done: number, failed: number) => {
    const parts = [...(done > 0 ? [`${done} done`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
    return `Errand: ${parts.join(', ')}`;
  },
  forPage: (count: number) =>
    count === 1 ? 'A task waits for Errand to be open' : `${count} tasks wait for Errand to be open`,
  forPageTodo: 'They go on as soon as you open it.',
  open: 'Open',
  retry: 'Try again',
} as const;
