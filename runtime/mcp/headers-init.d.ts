// The types of @modelcontextprotocol/sdk name what the library of browsers declares, and node's types do not.
type HeadersInit = [string, string][] | Record<string, string> | Headers;
