// Lays Chromium out of its package: `node unpack.mjs FOLDER`. Prints where it lies; nothing is fetched.
//
// The package carries the browser, Open Sans, and NSS for machines that lack it. It unpacks into the system's
// folder for temporary files, so that is set to FOLDER; and it unpacks NSS only where it believes to be at AWS.
import { mkdirSync } from "node:fs";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder;
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x";
const { default: chromium } = await import("@sparticuz/chromium");
console.log(await chromium.executablePath());
