/** Paths of the generated modules, by source in assembly/. */
export const generatedFiles: Readonly<Record<string, string>>;
/** Text of a generated module, compiled afresh. */
export function compileKernels(source: string): Promise<string>;
