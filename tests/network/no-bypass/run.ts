// Tries many random cases, or one seed again: npm run long -- no-bypass [<how many cases> [<first seed>]]
import { checkCases } from './check-cases.ts';

const [cases = '1000000', first = '1'] = process.argv.slice(2);
console.log(JSON.stringify(await checkCases(Number(cases), Number(first)), undefined, 2));
