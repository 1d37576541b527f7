// `npm test`: sets everything up and runs every tier; `npm test -- unit host` runs some. The last line sums up all of them.

import { installPackages } from './prepare.mjs';

async function main() {
  await installPackages();
  // Only now are there packages to import.
  const { tiers } = await import('./tiers.mjs');
  const { lastLine, sum, tally } = await import('../test/support/testSummary.mjs');
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !tiers.some((tier) => tier.name === name));
  if (unknown.length > 0) throw new Error(`no such tier: ${unknown.join(', ')} (there are ${tiers.map((tier) => tier.name).join(', ')})`);
  const results = [];
  for (const tier of tiers.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    console.log(`\n=== ${tier.name}`);
    const start = performance.now();
    const result = await tier.run().catch((error) => tally(0, 1, 0, [`failed: ${error instanceof Error ? error.message : error}`]));
    results.push({ ...result, name: tier.name, elapsedMs: performance.now() - start });
  }
  console.log('\n=== summary');
  for (const { name, notes, elapsedMs, ...counts } of results) {
    console.log(`${name}: ${lastLine({ ...counts, notes })}  ${(elapsedMs / 1000).toFixed(0)} s`);
    for (const note of notes) console.log(`  ${note.split('\n', 1)[0]}`);
  }
  const total = sum(results);
  console.log(lastLine(total));
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main().catch((error) => {
  console.error(error.message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
});
