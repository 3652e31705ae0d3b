/** The first line of a file of gateway.d, by which editors complete and check it. */
export const GATEWAY_SCHEMA_LINE: string =
  '# yaml-language-server: $schema=../node_modules/gw/docs/schema/gateway.schema.json\n';
