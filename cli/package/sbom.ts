// npm run sbom: prints the bill of materials. With --audit: the known holes in the packages that it lists.
import { audit, billOfMaterials } from './published.ts';

try {
  process.stdout.write(await (process.argv.includes('--audit') ? audit() : billOfMaterials()));
} catch (error) {
  const { stdout, message } = error as { stdout?: string; message: string };
  console.error(stdout?.trim() || message);
  process.exitCode = 1;
}
