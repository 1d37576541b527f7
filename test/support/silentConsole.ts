// Console output in a unit test is a failure: whoever writes there has something to say to a user and no way to say it.

for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  console[name] = (...values: unknown[]) => {
    throw new Error(`console.${name} in a test: ${values.join(' ')}`);
  };
}
