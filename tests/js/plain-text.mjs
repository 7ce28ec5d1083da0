/** A formula tree as one line of text, for tests to compare. */
export function plainText(tree) {
  if (typeof tree === 'string') return tree;
  const [first, second] = tree.children.map(plainText);
  if (tree.tag === 'mfrac') return `${first}/(${second})`;
  if (tree.tag === 'msup') return `${first}^${second}`;
  if (tree.tag === 'msqrt') return `√(${first})`;
  return tree.children.map(plainText).join('');
}
