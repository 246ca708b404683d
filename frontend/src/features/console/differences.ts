// What is different between two pictures of the documents, by key. Pure.

/** Keys that came, went, or say something else. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const cameOrChanged = [...after]
    .filter(([key, text]) => before.get(key) !== text)
    .map(([key]) => key);
  const went = [...before.keys()].filter((key) => !after.has(key));
  return [...cameOrChanged, ...went];
}
