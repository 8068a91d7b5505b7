// What is detected without code.

/** Installs the hooks, once. Called by `profile()`. */
export function installHooks(): void {}
