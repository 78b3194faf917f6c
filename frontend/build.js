// Builds frontend/dist: app.css, one script per entry, icons.svg and the fonts. Names stay the
// same from build to build; Django's static storage adds the content hash.

import { copyFile, readFile, rm, writeFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, "dist");
const require = createRequire(import.meta.url);
// The oldest browsers that know light-dark(), which the colours are built on.
const target = ["chrome123", "firefox120", "safari17.5"];

const sassPlugin = {
  name: "sass",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, (args) => {
      const result = sass.compile(args.path, {
        loadPaths: [path.join(root, "node_modules")],
        quietDeps: true,
        logger: sass.Logger.silent,
      });
      return {
        contents: result.css,
        loader: "css",
        resolveDir: path.dirname(args.path),
        watchFiles: result.loadedUrls.map((url) => fileURLToPath(url)),
      };
    });
  },
};

async function writeIcons() {
  const names = JSON.parse(await readFile(path.join(root, "icons.json"), "utf8"));
  const symbols = await Promise.all(names.map(symbol));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(path.join(dist, "icons.svg"), sprite);
}

async function symbol(name) {
  const file = require.resolve(`@tabler/icons/outline/${name}.svg`);
  return asSymbol(name, await readFile(file, "utf8"));
}

function asSymbol(name, svg) {
  const attributes = /<svg([^>]*)>/.exec(svg)[1].replace(/\s(xmlns|class|width|height)="[^"]*"/g, "");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}"${attributes.replace(/\s+/g, " ")}>${body.replace(/\s+/g, " ")}</symbol>`;
}

const options = {
  entryPoints: {
    theme: "src/theme.js",
    main: "src/main.js",
    passkeys: "src/passkeys.js",
    coding: "src/coding.js",
    editor: "src/editor.js",
    charts: "src/charts.js",
    sitting: "src/sitting.js",
    check: "src/check.js",
    authoring: "src/authoring.js",
    building: "src/building.js",
    study: "src/study.js",
    playback: "src/playback.js",
    review: "src/review.js",
    scorecard: "src/scorecard.js",
    app: "styles/app.scss",
    paper: "styles/paper.scss",
  },
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target,
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  legalComments: "linked",
  logLevel: "warning",
  plugins: [sassPlugin],
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await writeIcons();
await copyFile(path.join(root, "favicon.svg"), path.join(dist, "favicon.svg"));
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
