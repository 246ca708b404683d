// Words of the console screen only.

const zh = {
  title: '调度台',
} as const;

const en: Record<keyof typeof zh, string> = {
  title: 'Dispatch console',
};

export const console_ = { zh, en };
