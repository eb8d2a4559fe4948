/** Names that occur in several parts of a composition get the number of their part: `rho`, `rho` become `rho 1`, `rho 2`. */
export function distinctNames(parts: readonly (readonly string[])[]): string[] {
  return parts.flatMap((names, i) =>
    names.map((name) => (parts.some((other, j) => j !== i && other.includes(name)) ? `${name} ${i + 1}` : name)),
  );
}
