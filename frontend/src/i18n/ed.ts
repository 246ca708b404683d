// Words of the ed screen only.

const zh = {
  title: '到院前看板',
} as const;

const en: Record<keyof typeof zh, string> = {
  title: 'Pre-arrival board',
};

export const ed = { zh, en };
