import Fastify from 'fastify';

const app = Fastify();
app.get('*', ({ raw, query, headers }) => ({
  version: app.version,
  target: raw.url,
  ids: { AccountID: query.AccountID, CaseID: query.CaseID },
  headers,
}));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
