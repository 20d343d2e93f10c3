// The board's own icons: strokes on a 16 by 16 grid, drawn with the current colour.

export const ICONS = {
  pending: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3l2 1.5',
  running: 'M8 2.5A5.5 5.5 0 1 1 2.5 8',
  completed: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM5.6 8.2l1.7 1.7 3.2-3.6',
  failed: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5.2v3.3M8 10.6v.2',
  cancelled: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.2 4.2l7.6 7.6',
  photos: 'M2.5 4.5h9v8h-9zM4.5 4.5v-2h9v8h-2M2.5 10.5l2.5-2.5 2 2 1.5-1.5 3 3',
  folder: 'M2 4h4l1.5 1.5H14v7.5H2z',
  lock: 'M4 7.5h8v5.5H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3',
  download: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
  retry: 'M12.8 6A5.2 5.2 0 1 0 13 9.6M13 2.8V6H9.8',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  stop: 'M4.5 4.5h7v7h-7z',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13 9.4A5.5 5.5 0 0 1 6.6 3a5.5 5.5 0 1 0 6.4 6.4Z',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 2.5v11M8 5h3.8M8 8h5.4M8 11h3.8',
  activity: 'M1.5 8.5h3l2-5.5 3 10 2-4.5h3',
  engine: 'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
  demo: 'M5 3.5v9l7.5-4.5z',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  arrow: 'M3 8h10M9.5 4.5 13 8l-3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4ZM10.2 10.2l3.3 3.3',
  bell: 'M8 2.5v1M4.5 11V7.5a3.5 3.5 0 0 1 7 0V11l1 1h-9zM7 13.8h2',
} as const;

export type IconName = keyof typeof ICONS;
