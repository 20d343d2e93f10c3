// What notifications say.

export const NOTIFICATION = {
  completed: (name: string) => `${name}: completed`,
  failed: (name: string) => `${name}: failed`,
  many: (done: number, failed: number) => {
    const parts = [...(done > 0 ? [`${done} completed`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
    return `Errand: ${parts.join(', ')}`;
  },
  forPage: (count: number) =>
    count === 1 ? 'A task is waiting for Errand to be open' : `${count} tasks are waiting for Errand to be open`,
  forPageTodo: 'Open Errand to continue.',
  open: 'Open',
  retry: 'Retry',
} as const;
