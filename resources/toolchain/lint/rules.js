/** All rules of the linter; each takes a context and reports findings. */

export const RULES = [];
