import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-plugin-prettier/recommended';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'lib', 'coverage'] },
  { plugins: { jupyter, 'react-hooks': hooks } },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [js.configs.recommended, ...tseslint.configs.recommended, prettier],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: new URL('.', import.meta.url).pathname
      }
    },
    rules: {
      ...hooks.configs.recommended.rules,
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
          message: 'Text from data is text nodes only.'
        },
        {
          selector: 'AssignmentExpression > MemberExpression[property.name=/^(inner|outer)HTML$/]',
          message: 'Text from data is text nodes only.'
        }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  ...jupyter.configs.recommended,
  {
    files: ['src/plugins/*.{ts,tsx}'],
    rules: {
      // What activation itself needs, or a callback that cannot wait (a renderer's factory).
      'jupyter/prefer-lazy-imports': [
        'warn',
        {
          ignoreImports: [
            '../card/model',
            '../card/renderer',
            '../explorer/panel',
            '../explorer/status',
            '../face',
            '../store/news',
            '../store/store',
            './store',
            './target'
          ]
        }
      ]
    }
  },
  {
    // Sample data and stand-in commands of tests are not shown to anybody.
    files: ['src/__tests__/*.{ts,tsx}'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/command-described-by': 'off'
    }
  }
);
