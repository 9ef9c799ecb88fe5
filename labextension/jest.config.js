const base = require('@jupyterlab/testing/lib/jest-config');

const config = base(__dirname);

module.exports = {
  ...config,
  reporters: ['default'],
  testRegex: 'src/.*/__tests__/.*\\.spec\\.tsx?$|src/__tests__/.*\\.spec\\.tsx?$',
  transform: {
    '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js',
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json', isolatedModules: true }],
    '^.+\\.jsx?$': 'babel-jest'
  }
};
