// Layers: screens > features > map, ui > wire, i18n. An upward import fails `npm run check`.
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const LAYERS = ['screens', 'features', 'map|ui', 'wire|i18n'];

function above(index) {
  return LAYERS.slice(0, index).flatMap((names) => names.split('|'));
}

function layer(names, index) {
  return names.split('|').map((name) => ({
    files: [`src/${name}/**/*.ts`, `src/${name}/**/*.svelte`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: above(index).flatMap((upper) => [`**/${upper}/**`, `**/${upper}`]),
              message: 'Layers: screens > features > map, ui > wire, i18n.',
            },
          ],
        },
      ],
    },
  }));
}

const SCREENS = ['home', 'console', 'crew', 'ed', 'replay', 'map', 'devices'];

const oneScreen = SCREENS.map((name) => ({
  files: [`src/screens/${name}/**/*.ts`, `src/screens/${name}/**/*.svelte`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: SCREENS.filter((other) => other !== name).flatMap((other) => [
              `../${other}/**`,
              `**/screens/${other}/**`,
            ]),
            message: 'A screen never imports another screen: what both need is a feature.',
          },
        ],
      },
    ],
  },
}));

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-depth': ['error', 3],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig },
    },
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // The store brings its own, finer reactivity: one signal for each document.
    files: ['src/wire/*.svelte.ts'],
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  { files: ['test/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['src/wire/documents.ts', 'src/wire/commands.ts'], rules: { 'max-lines': 'off' } },
  { files: ['*.config.ts', '*.config.js'], languageOptions: { globals: { ...globals.node } } },
  ...LAYERS.slice(1).flatMap((names, index) => layer(names, index + 1)),
  ...oneScreen,
);
