// Words of the crew screen only.

const zh = {
  title: '车组平板',
} as const;

const en: Record<keyof typeof zh, string> = {
  title: 'Crew tablet',
};

export const crew = { zh, en };
