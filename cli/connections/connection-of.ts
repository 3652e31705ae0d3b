import { UsageError } from '../usage-error.ts';
import type { ShownConnection } from './ask-control.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Gives an id as it goes into a path. Throws a UsageError for what is none. */
export function checkedId(text: string): string {
  const id = text.toLowerCase();
  if (ID.test(id)) return id;
  throw new UsageError(`${JSON.stringify(text)} is no id of a connection; \`gw connections list\` has them`);
}

/** Gives the connection of an answer. Throws a UsageError where it is no answer of a control API. */
export function connectionOf(json: Readonly<Record<string, unknown>>): ShownConnection {
  const connection = json['connection'] as ShownConnection | undefined;
  if (isConnection(connection)) return connection;
  throw new UsageError('the answer has no connection in it; is this a control API of gw?');
}

/** Gives the connections of an answer. */
export function connectionsOf(json: Readonly<Record<string, unknown>>): readonly ShownConnection[] {
  const connections = json['connections'];
  if (Array.isArray(connections) && connections.every(isConnection)) return connections;
  throw new UsageError('the answer has no connections in it; is this a control API of gw?');
}

function isConnection(one: unknown): one is ShownConnection {
  return (
    typeof one === 'object' &&
    one !== null &&
    'connection_id' in one &&
    typeof one.connection_id === 'string' &&
    'app' in one &&
    typeof one.app === 'string' &&
    'status' in one &&
    typeof one.status === 'string'
  );
}
