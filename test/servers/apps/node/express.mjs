import { readFileSync } from 'node:fs';
import express from 'express';

const { version } = JSON.parse(readFileSync(new URL('node_modules/express/package.json', import.meta.url), 'utf8'));
const app = express();
app.use(({ originalUrl, query, headers }, response) => {
  response.json({ version, target: originalUrl, ids: { AccountID: query.AccountID, CaseID: query.CaseID }, headers });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
