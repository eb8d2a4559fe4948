/** Path of the generated module. */
export const generatedFile: string;
/** Text of the generated module, compiled afresh from assembly/. */
export function compileKernels(): Promise<string>;
