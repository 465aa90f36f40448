/** The name in `names` that somebody probably meant by `given`, if one is near. */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  const near = [...names]
    .map((name) => ({ name, distance: distanceOf(given, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 6)))
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.name;
}

/** How many letters must be added, removed, replaced or swapped with their neighbour to get from one name to another. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const ways = [last[column]! + 1, line[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1)];
      if (isSwapped) ways.push(before[column - 2]! + 1);
      line.push(Math.min(...ways));
    }
    before = last;
    last = line;
  }
  return last[other.length]!;
}
