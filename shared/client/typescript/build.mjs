// Compiles src into dist, or into the folder that is given. dist is committed, so that the package can be installed from
// its folder without a compiler.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const out = process.argv[2] ?? join(here, "dist");
rmSync(out, { recursive: true, force: true });
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here, "--outDir", out], {
  stdio: "inherit",
});
// tsc rewrites imports of .ts in JavaScript only; older compilers do not find them in declarations.
for (const name of readdirSync(out).filter((name) => name.endsWith(".d.ts"))) {
  const file = join(out, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/(from "\.\/[^"]+)\.ts"/g, '$1.js"'));
}
