// Scan the flows named as arguments and print what is found as JSON: [{file, rule, text}].
const { createRequire } = require('node:module');
const { join } = require('node:path');

const { parse, scan } = createRequire(join(process.cwd(), 'package.json'))('@flow-scanner/lightning-flow-scanner-core');

const main = async () => {
    const flows = await parse(process.argv.slice(2));
    const broken = flows.filter((one) => one.errorMessage).map((one) => ({ file: one.uri, rule: 'parse', text: one.errorMessage }));
    const found = scan(flows).flatMap((flow) =>
        flow.ruleResults.flatMap((rule) =>
            rule.occurs
                ? (rule.details ?? []).map((one) => ({ file: flow.flow.fsPath ?? flow.flow.uri, rule: rule.ruleName, text: `${one.type} ${one.name}` }))
                : []
        )
    );
    process.stdout.write(JSON.stringify([...broken, ...found]));
};

main();
