/**
 * The JSON the server sends, as `src/ftassist/server/openapi.yaml` describes it.
 *
 * Times are seconds since 1970, UTC. Text from data or models is in the documents as it came;
 * whoever shows it uses text nodes.
 */

export * from './common';
export * from './campaign';
export * from './card';
export * from './data';
export * from './trial';
export * from './comparison';
export * from './decisions';
export * from './start';
export * from './records';
export * from './playground';
export * from './export';
export * from './finish';
export * from './own';
export * from './draft';
