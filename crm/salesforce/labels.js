/** The texts of the components, from the files that are deployed; for the tests and the preview. */
const fs = require("fs");
const path = require("path");

const SOURCE = path.join(__dirname, "force-app", "main", "default");
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" };

/** Returns name → text in a language (such as pt_BR); English is `en`. */
module.exports = function labels(language) {
  return language === "en"
    ? pairs("labels/CustomLabels.labels-meta.xml", "fullName", "value")
    : pairs(`translations/${language}.translation-meta.xml`, "name", "label");
};

function pairs(file, nameTag, textTag) {
  const xml = fs.readFileSync(path.join(SOURCE, file), "utf8");
  const blocks = xml.match(/<(labels|customLabels)>[\s\S]*?<\/\1>/g);
  return Object.fromEntries(blocks.map((block) => [inside(block, nameTag), inside(block, textTag)]));
}

function inside(block, tag) {
  const [, text] = block.match(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`));
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity]);
}
