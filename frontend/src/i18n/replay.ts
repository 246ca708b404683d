// Words of the replay screen only.

const zh = {
  title: '回放',
} as const;

const en: Record<keyof typeof zh, string> = {
  title: 'Replay',
};

export const replay = { zh, en };
