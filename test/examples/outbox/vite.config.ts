// The service worker is a file of its own, by a name that stays.

export default {
  build: {
    rolldownOptions: {
      input: { page: 'index.html', sw: 'sw.ts' },
      output: {
        entryFileNames: ({ name }: { name: string }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
};
