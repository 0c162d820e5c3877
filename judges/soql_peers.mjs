// Ask two other parsers: JSON texts by line in, {"jetstream": …, "apex": …} by line out; null means accepted.
import { createInterface } from 'node:readline';
import { ApexErrorListener, ApexParserFactory } from '@apexdevtools/apex-parser';
import { parseQuery } from '@jetstreamapp/soql-parser-js';

class Listener extends ApexErrorListener {
  problems = [];

  apexSyntaxError(line, column, message) {
    this.problems.push(`${line}:${column} ${message}`);
  }
}

function jetstream(statement) {
  try {
    parseQuery(statement);
    return null;
  } catch (problem) {
    return String(problem.message).split('\n')[0].slice(0, 200);
  }
}

function apex(statement) {
  const listener = new Listener();
  try {
    const { parser } = ApexParserFactory.createLexerAndParser(statement, listener);
    parser.query();
    // The rule stops where it has a whole query; what stands behind it must be nothing.
    const rest = parser.getTokenStream?.().LT(1) ?? parser._input.LT(1);
    if (!listener.problems.length && rest.type !== -1) return `stops before ${rest.text}`;
  } catch (problem) {
    return String(problem.message).slice(0, 200);
  }
  return listener.problems[0]?.slice(0, 200) ?? null;
}

for await (const line of createInterface({ input: process.stdin })) {
  const statement = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ jetstream: jetstream(statement), apex: apex(statement) })}\n`);
}
