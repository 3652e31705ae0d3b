const AT = 'gateway.d/test.yaml:1:1';

/** As in `decode-rejects.ts`, for what personas give. */
export const REJECTED_ACCESS: [path: string, value: unknown, message: string][] = [
  [
    'access.0.connections.1.connection',
    'aaa',
    'access[0].connections aaa: expected names in order, each once',
  ],
  [
    'access.0.denied',
    [
      { connection: 'aaa', persona: 'all', at: AT },
      { connection: 'aaa', persona: 'all', at: AT },
    ],
    'access[0].denied aaa: expected names in order, each once',
  ],
  [
    'access.0.tools.0.tool',
    'api_run',
    'access[0].tools[0].tool: expected one of api_get_endpoint_schema, api_invoke_endpoint, api_list_endpoints',
  ],
  [
    'access.0.tools.1.tool',
    'api_get_endpoint_schema',
    'access[0].tools api_get_endpoint_schema: expected names in order, each once',
  ],
  [
    'access.0.connections.0.denies.0.paths.0',
    'a',
    'access[0].connections[0].denies[0].paths[0]: expected a path glob',
  ],
  [
    'access.0.connections.0.denies.0.paths.0',
    '',
    'access[0].connections[0].denies[0].paths[0]: expected a path glob',
  ],
  [
    'access.0.connections.0.denies.0.paths.0',
    '/a**',
    'access[0].connections[0].denies[0].paths[0]: expected a path glob',
  ],
  [
    'access.0.connections.0.denies.0.paths.0',
    '/a/../b',
    'access[0].connections[0].denies[0].paths[0]: expected a path glob',
  ],
  [
    'access.0.connections.0.denies.0.paths.0',
    '/a?b',
    'access[0].connections[0].denies[0].paths[0]: expected a path glob',
  ],
  [
    'access.0.connections.0.denies.0.action',
    'maybe',
    'access[0].connections[0].denies[0].action: expected one of allow, deny',
  ],
];
