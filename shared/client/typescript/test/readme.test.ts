// The examples of the README compile, with the strictest options.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./harness.ts";

test("the examples of the README compile", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
  assert.equal(examples.length, 6);
  const folder = join(root, "build/readme");
  mkdirSync(folder, { recursive: true });
  examples.forEach((code, i) => {
    writeFileSync(join(folder, `${i}.ts`), code);
  });
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../test/tsconfig.json",
      compilerOptions: { noEmit: true },
      include: ["."],
      exclude: [],
    }),
  );
  const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  assert.equal(tsc.stdout, "");
  assert.equal(tsc.status, 0);
});
