// What Prettier and the type checker do not see. Rules are errors or off: a warning is read by nobody.

import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

const UNUSED = { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' };
const COUNTED = { skipBlankLines: true, skipComments: true };

export default defineConfig(
  globalIgnores(['dist', 'coverage']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        // Files of the top level belong to no tsconfig that knows Node, so they borrow the tests'.
        projectService: {
          allowDefaultProject: ['vite.config.ts', 'eslint.config.js', '.size-limit.js'],
          defaultProject: 'test/tsconfig.json',
        },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 400, ...COUNTED }],
      'max-lines-per-function': ['error', { max: 70, ...COUNTED }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ...UNUSED, destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Noise here: `interface` or `type` as it reads best; a generic may name one place; doing nothing may be the point;
      // a Map that nobody draws need not be reactive.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['src/api/docs/*.js', 'test/shots/*.mjs'], // Served as it stands, to a page; or run in one.
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['test/**/*.{test,journey}.ts'],
    rules: { 'max-lines-per-function': 'off' }, // describe() is a function, too
  },
);
