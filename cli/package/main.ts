// npm run build: builds dist/ for the npm package.
import { root } from '../../infra/folders.ts';
import { build } from './build.ts';

await build(root);
