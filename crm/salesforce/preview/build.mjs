/** Builds preview/dist/index.html: the real components with the captured rows, to be looked at in a browser. */
import { createRequire } from "node:module";
import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import lwc from "@lwc/rollup-plugin";
import nodeResolve from "@rollup/plugin-node-resolve";
import replace from "@rollup/plugin-replace";
import { rollup } from "rollup";
import labels from "../labels.js";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const DIST = path.join(HERE, "dist");
const COMPONENTS = path.join(HERE, "../force-app/main/default/lwc");
const DESIGN = packageOf("@salesforce-ux/design-system");
const BASE = packageOf("lightning-base-components");
const LANGUAGES = ["en", "fr", "pt_BR", "th", "zh_TW", "ko"];
const TEXTS = Object.fromEntries(LANGUAGES.map((language) => [language, labels(language)]));
const PANEL = readFileSync(path.join(COMPONENTS, "contentPanel/__tests__/data/panel.json"), "utf8");

// What the platform gives a component; the page says which language, form factor and state it plays.
const PLATFORM = {
  "@salesforce/i18n/lang": "export default window.preview.tag",
  "@salesforce/i18n/locale": "export default window.preview.tag",
  "@salesforce/i18n/timeZone": 'export default "Asia/Bangkok"',
  "@salesforce/client/formFactor": "export default window.preview.formFactor",
  "preview/texts": `export default ${JSON.stringify(TEXTS)}`,
  "preview/panel": `export default ${PANEL}`,
};

const platform = {
  name: "platform",
  resolveId(name) {
    const isOurs = name in PLATFORM || name.startsWith("@salesforce/label/c.");
    return isOurs
      ? `\0${name}`
      : STAND_INS[name.replace(/^@salesforce\/apex\/.*/, "@salesforce/apex")]?.(name);
  },
  load(id) {
    const name = id.startsWith("\0") ? id.slice(1) : "";
    const [, label] = name.match(/^@salesforce\/label\/c\.(\w+)$/) ?? [];
    return label ? `export default window.preview.texts.${label}` : PLATFORM[name];
  },
};

const standIn = (file) => path.join(HERE, file);
const STAND_INS = {
  "@salesforce/apex": (name) => standIn(`platform/${name.split(".").pop().replace(/.*\//, "")}.js`),
  "lightning/navigation": () => standIn("platform/navigation.js"),
};

mkdirSync(DIST, { recursive: true });
const bundle = await rollup({
  input: path.join(HERE, "main.js"),
  plugins: [
    platform,
    replace({
      preventAssignment: true,
      values: { "process.env.NODE_ENV": '"development"', "import.meta.env.SSR": "false" },
    }),
    lwc({
      rootDir: HERE,
      enableDynamicComponents: true,
      modules: [
        ...readdirSync(COMPONENTS).map((name) => ({
          name: `c/${name}`,
          path: path.join(COMPONENTS, name, `${name}.js`),
        })),
        ...baseComponents(),
      ],
    }),
    nodeResolve(),
  ],
  onwarn: () => {},
});
await bundle.write({ file: path.join(DIST, "preview.js"), format: "iife", inlineDynamicImports: true });
cpSync(path.join(HERE, "index.html"), path.join(DIST, "index.html"));
for (const file of [
  "salesforce-lightning-design-system.min.css",
  "salesforce-lightning-design-system_touch.min.css",
]) {
  cpSync(path.join(DESIGN, "assets/styles", file), path.join(DIST, file));
}
process.stdout.write(`${path.join(DIST, "index.html")}\n`);

function packageOf(name) {
  return path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

function baseComponents() {
  const { lwc: said } = JSON.parse(readFileSync(path.join(BASE, "package.json"), "utf8"));
  return said.modules.map((one) =>
    one.dir ? { dir: path.join(BASE, one.dir) } : { name: one.name, path: path.join(BASE, one.path) },
  );
}
