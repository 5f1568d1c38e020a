// Runs one random network again and prints its report: npm run long -- replay none|relationship|arbitrary <seed>
import { simulate } from '../../src/core/simulator/simulate.ts';
import { randomNetwork, type Preferences } from '../unit/core/bgp/network/random-network.ts';

const [preferences = 'none', seed = '1'] = process.argv.slice(2);
const { simulation } = randomNetwork(Number(seed), preferences as Preferences);
console.log(JSON.stringify({ simulation, report: simulate(simulation) }, null, 2));
