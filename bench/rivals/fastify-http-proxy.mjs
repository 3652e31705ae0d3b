// @fastify/http-proxy as its README shows it, on the same undici, with as many sockets as the others.
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

const app = fastify({ logger: false });
await app.register(httpProxy, {
  upstream: process.env.UPSTREAM,
  undici: { connections: 128, pipelining: 1 },
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.send({ port: app.server.address().port });
